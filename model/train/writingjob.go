package train

import (
	"math"

	"hornbook/model"
)

// A board carries floats, in which whole numbers below 2²⁴ are exact; longer
// ones take four floats, 16 bits each, so that no rank sees them rounded.

// floats is a job while it is written down.
type floats []float32

func (f *floats) number(n int) { *f = append(*f, float32(n)) }

func (f *floats) long(x uint64) {
	for range 4 {
		*f = append(*f, float32(x&0xFFFF))
		x >>= 16
	}
}

func (f *floats) ids(ids []int32) {
	f.number(len(ids))
	for _, id := range ids {
		*f = append(*f, float32(id))
	}
}

// reading is a job while it is read.
type reading []float32

func (r *reading) number() int {
	n := int((*r)[0])
	*r = (*r)[1:]
	return n
}

func (r *reading) long() (x uint64) {
	for i := range 4 {
		x |= uint64((*r)[i]) << (16 * i)
	}
	*r = (*r)[4:]
	return x
}

func (r *reading) ids() []int32 {
	ids := make([]int32, r.number())
	for i := range ids {
		ids[i] = int32((*r)[i])
	}
	*r = (*r)[len(ids):]
	return ids
}

func encodeJob(prompts []model.Prompt, rule model.Rule) []float32 {
	f := make(floats, 0, jobLen(prompts, rule))
	f.number(rule.Tokens)
	f.long(math.Float64bits(rule.Temperature))
	f.long(math.Float64bits(rule.TopP))
	f.number(rule.TopK)
	f.ids(rule.Stop)
	f.number(len(prompts))
	for _, p := range prompts {
		f.ids(p.IDs)
		f.number(len(p.Seeds))
		for _, seed := range p.Seeds {
			f.long(seed)
		}
	}
	return f
}

// jobLen is the length of encodeJob.
func jobLen(prompts []model.Prompt, rule model.Rule) int {
	n := 1 + 4 + 4 + 1 + 1 + len(rule.Stop) + 1
	for _, p := range prompts {
		n += 1 + len(p.IDs) + 1 + 4*len(p.Seeds)
	}
	return n
}

func decodeJob(job []float32) (prompts []model.Prompt, rule model.Rule) {
	r := reading(job)
	rule.Tokens = r.number()
	rule.Temperature = math.Float64frombits(r.long())
	rule.TopP = math.Float64frombits(r.long())
	rule.TopK = r.number()
	rule.Stop = r.ids()
	prompts = make([]model.Prompt, r.number())
	for i := range prompts {
		prompts[i].IDs = r.ids()
		prompts[i].Seeds = make([]uint64, r.number())
		for j := range prompts[i].Seeds {
			prompts[i].Seeds[j] = r.long()
		}
	}
	return prompts, rule
}

// resultLen is the length of what the sequences of prompts write, at most.
func resultLen(prompts []model.Prompt, rule model.Rule) int {
	return sequences(prompts) * (1 + rule.Tokens)
}

// encodeWritten lays sequences out, with their lengths, in n floats.
func encodeWritten(written [][]int32, n int) []float32 {
	f := make(floats, 0, n)
	for _, ids := range written {
		f.ids(ids)
	}
	return f[:n]
}

func decodeWritten(f []float32, sequences int) (written [][]int32) {
	r := reading(f)
	for range sequences {
		written = append(written, r.ids())
	}
	return written
}
