package model

import "hornbook/model/tensor"

// Cache keeps the keys and values of the tokens that the model has seen, so
// that each new token costs one position instead of all. A nil *Cache is no
// cache: training.
type Cache struct {
	layers []layerCache
	ids    []int32 // of the positions filled
}

// layerCache is one layer's part: keys and values (T,K,D), filled up to used.
type layerCache struct {
	k, v       []float32
	heads, d   int
	used       int
	kAll, vAll tensor.Tensor
}

// NewCache returns an empty cache of the model's context.
func (m *GPT) NewCache() *Cache {
	c := &Cache{layers: make([]layerCache, m.Layers), ids: make([]int32, 0, m.Context)}
	n := m.Context * m.KVHeads * m.HeadSize()
	for i := range c.layers {
		c.layers[i] = layerCache{k: make([]float32, n), v: make([]float32, n), heads: m.KVHeads, d: m.HeadSize()}
	}
	return c
}

// Clear forgets all tokens.
func (c *Cache) Clear() {
	c.ids = c.ids[:0]
	for i := range c.layers {
		c.layers[i].used = 0
	}
}

func (c *Cache) length() int {
	return len(c.seen())
}

func (c *Cache) layer(i int) *layerCache {
	if c == nil {
		return nil
	}
	return &c.layers[i]
}

// seen are the tokens whose keys and values are kept.
func (c *Cache) seen() []int32 {
	if c == nil {
		return nil
	}
	return c.ids
}

func (c *Cache) advance(ids []int32) {
	if c != nil {
		c.ids = append(c.ids, ids...)
	}
}

func (l *layerCache) length() int {
	if l == nil {
		return 0
	}
	return l.used
}

// append adds k and v (1,T,K,D) and returns all keys and values so far; with
// no cache, k and v themselves.
func (l *layerCache) append(k, v *tensor.Tensor) (*tensor.Tensor, *tensor.Tensor) {
	if l == nil {
		return k, v
	}
	width := l.heads * l.d
	copy(l.k[l.used*width:], k.Data)
	copy(l.v[l.used*width:], v.Data)
	l.used += k.Dims[1]
	n := l.used * width
	l.kAll.Set(l.k[:n], 1, l.used, l.heads, l.d)
	l.vAll.Set(l.v[:n], 1, l.used, l.heads, l.d)
	return &l.kAll, &l.vAll
}
