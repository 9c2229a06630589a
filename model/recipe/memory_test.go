package recipe

import "testing"

func TestCacheBytes(t *testing.T) {
	for _, c := range []struct {
		m                 Model
		sequences, tokens int
		want              float64
	}{
		{Model{Layers: 64, Heads: 2, KVHeads: 1, HeadDim: 512, Channels: 8}, 1, 4096, 1 << 30},
		{Model{Layers: 4, Heads: 4, KVHeads: 4, Channels: 128}, 64, 64, 4 * 2 * 4 * 128 * 64 * 64},
	} {
		if got := c.m.CacheBytes(c.sequences, c.tokens); got != c.want {
			t.Errorf("%d sequences of %d tokens take %.0f bytes, want %.0f", c.sequences, c.tokens, got, c.want)
		}
	}
}
