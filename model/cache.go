package model

import "hornbook/model/tensor"

// Cache keeps the keys and values of the tokens that sequences have read, so
// that each new token costs one position instead of all. A nil *Cache is none:
// training.
type Cache struct {
	room   int           // positions of each sequence
	seen   [][]int32     // the tokens that each has read
	layers []layerCache  // of each block
	spans  []tensor.Span // of a pass
	past   [][]int32
}

// layerCache is one block's part: keys and values, the room of one sequence
// after that of the other; of latent attention keys alone, of which it makes both.
type layerCache struct{ k, v *tensor.Tensor } // (S·room,K,D); v may be nil

// NewCache returns an empty cache of some sequences of up to room tokens each.
func (m *GPT) NewCache(sequences, room int) *Cache {
	c := &Cache{room: room, seen: make([][]int32, sequences), layers: make([]layerCache, m.Layers)}
	for i := range c.seen {
		c.seen[i] = make([]int32, 0, room)
	}
	dims := []int{sequences * room, m.KVHeads, m.HeadSize()}
	if m.Latent.Rank > 0 {
		dims[1] = 1
	}
	for i := range c.layers {
		if c.layers[i].k = tensor.Zeros(m.Backend, dims...); m.Latent.Rank == 0 {
			c.layers[i].v = tensor.Zeros(m.Backend, dims...)
		}
	}
	return c
}

// grow gives the only sequence of c room for more tokens, a layer at a time.
func (c *Cache) grow(b tensor.Backend, room int) {
	read := c.seen[0]
	c.room, c.seen[0] = room, append(make([]int32, 0, room), read...)
	larger := func(x *tensor.Tensor) *tensor.Tensor {
		y := tensor.Zeros(b, room, x.Dims[1], x.Dims[2])
		if len(read) > 0 {
			b.Append(y, x.Slice(0, len(read)), []tensor.Span{{Rows: len(read)}})
		}
		return y
	}
	for i, l := range c.layers {
		if c.layers[i].k = larger(l.k); l.v != nil {
			c.layers[i].v = larger(l.v)
		}
	}
}

// pass is one in which sequences read ids: lengths[i] of them the sequence
// which[i]. They count as read at once. It is valid until the next.
func (c *Cache) pass(t *tensor.Tape, ids []int32, which, lengths []int) Pass {
	c.spans, c.past = c.spans[:0], c.past[:0]
	at := 0
	for i, s := range which {
		read := c.seen[s]
		c.spans = append(c.spans, tensor.Span{Rows: lengths[i], First: len(read), Keys: s * c.room})
		c.past = append(c.past, read)
		c.seen[s] = append(read, ids[at:at+lengths[i]]...)
		at += lengths[i]
	}
	return Pass{Tape: t, IDs: ids, Spans: c.spans, Past: c.past, Cache: c}
}

// append keeps the keys and values of p, which may be nil, in a block and returns all
// that there are; with no cache, k and v themselves.
func (c *Cache) append(p *Pass, block int, k, v *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) {
	if c == nil {
		return k, v
	}
	l := c.layers[block]
	p.Backend.Append(l.k, k, p.Spans)
	if v != nil {
		p.Backend.Append(l.v, v, p.Spans)
	}
	return l.k, l.v
}

// share gives the sequence to all that the sequence from has read.
func (c *Cache) share(b tensor.Backend, from, to int) {
	read := c.seen[from]
	c.seen[to] = append(c.seen[to][:0], read...)
	if len(read) == 0 {
		return
	}
	span := []tensor.Span{{Rows: len(read), Keys: to * c.room}}
	for _, l := range c.layers {
		b.Append(l.k, l.k.Slice(from*c.room, len(read)), span)
		if l.v != nil {
			b.Append(l.v, l.v.Slice(from*c.room, len(read)), span)
		}
	}
}

// again adds to ids what the sequence must read again before it reads more:
// the last half of what it has read, which is then forgotten, if its room is
// full, else nothing.
func (c *Cache) again(sequence int, ids []int32) []int32 {
	read := c.seen[sequence]
	if len(read) < c.room {
		return ids
	}
	c.forget(sequence)
	return append(ids, read[len(read)-c.room/2:]...)
}

// forget makes a sequence one that has read nothing.
func (c *Cache) forget(sequence int) { c.seen[sequence] = c.seen[sequence][:0] }
