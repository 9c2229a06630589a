package model

import (
	"strconv"

	"hornbook/model/tensor"
)

// Pass is one way of tokens through the model: the N of IDs, in which the
// sequences of Spans stand one after the other.
type Pass struct {
	*tensor.Tape
	IDs   []int32
	Spans []tensor.Span
	Past  [][]int32 // of each span: the tokens before it; nil where it begins its sequence
	Keys  []int32   // rows of the pass whose keys and values the spans look back at, one span's after the other's; nil: each at its own
	Cache *Cache    // of keys and values; nil: the pass's own are all that there are
	Probe Probe     // nil for none

	// Dealt is told which tokens go to which experts of a block, with the weights (R) of
	// what those say; nil: nobody.
	Dealt func(block int, d tensor.Dealt, weights *tensor.Tensor)
	Alone bool // the router alone chooses experts, as if nothing had balanced what they have to do
}

// Probe is shown what flows at a place and gives what is to flow on: x itself,
// or another tensor of its shape. The places, for block 3 of those from 0 on:
//
//	embedding             (N,C) what the first block reads
//	blocks.3.query        (N,H,D) as attention takes them, turned by position
//	blocks.3.key          (N,K,D)
//	blocks.3.value        (N,K,D); none in latent attention
//	blocks.3.heads        (N,H·D) what the heads have gathered
//	blocks.3.attention    (N,C) what attention adds to the residual stream
//	blocks.3.mlp          (N,C) what the MLP adds
//	blocks.3              (N,C) the residual stream after the block
//	norm                  (N,C) after the last norm
type Probe func(place string, x *tensor.Tensor) *tensor.Tensor

// show lets the probe see x at a place.
func (p *Pass) show(place string, x *tensor.Tensor) *tensor.Tensor {
	if p.Probe == nil {
		return x
	}
	return p.Probe(place, x)
}

// in lets the probe see x at a place of a block, or after it, for "".
func (p *Pass) in(block int, place string, x *tensor.Tensor) *tensor.Tensor {
	if p.Probe == nil {
		return x
	}
	name := "blocks." + strconv.Itoa(block)
	if place != "" {
		name += "." + place
	}
	return p.Probe(name, x)
}

// past are the tokens before span i.
func (p *Pass) past(i int) []int32 {
	if p.Past == nil {
		return nil
	}
	return p.Past[i]
}

// shared are the keys or values (M,K,D) that the spans look back at.
func (p *Pass) shared(x *tensor.Tensor) *tensor.Tensor {
	if p.Keys == nil {
		return x
	}
	return p.Split(p.Embed(p.Merge(x), p.Keys), x.Dims[1])
}

// Whole is a pass of whole sequences of these lengths, one after the other in
// ids.
func Whole(t *tensor.Tape, ids []int32, lengths []int) Pass {
	return Pass{Tape: t, IDs: ids, Spans: t.Spans(lengths)}
}
