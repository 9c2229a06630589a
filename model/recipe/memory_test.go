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

// A run counts what its model takes when it writes, and wide heads.
func TestRunsCountWriting(t *testing.T) {
	r, _ := ByName("tiny")
	r.Model.Vocab = 100
	before := r.Bytes()
	if writing := Writers * r.Model.WritingBytes(1, r.Model.Context); before <= writing {
		t.Errorf("a run takes %v bytes, its writers alone %v", before, writing)
	}
	wide := r
	wide.Model.HeadDim = 512
	rows := float64(r.Batch * r.Model.Context * r.Model.Layers * r.Model.Heads)
	if more := wide.Bytes() - before; more < 4*rows*4*(512-float64(r.Model.HeadSize())) {
		t.Errorf("heads of 512 take %v bytes more", more)
	}
	talks := r
	talks.Objective = SFT
	if more := talks.Bytes() - before; more < r.Model.CacheBytes(MostAsked, r.Model.Context) {
		t.Errorf("the conversations that are answered take %v bytes", more)
	}
}

// What one pass reads of a prompt takes a bounded memory, however large a token.
func TestReadAtOnce(t *testing.T) {
	small := Model{Layers: 6, Heads: 4, KVHeads: 4, Channels: 128, Hidden: 512}
	large := Model{Layers: 64, Heads: 8, KVHeads: 8, HeadDim: 512, Channels: 4096, Hidden: 16384}
	if n := small.ReadAtOnce(); n != 512 {
		t.Errorf("a small model reads %d tokens at once", n)
	}
	if n := large.ReadAtOnce(); n != leastAtOnce {
		t.Errorf("a large one reads %d", n)
	}
}
