package tokenizer

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"
)

// Training follows Hugging Face's Rust trainer to the letter, so that merges and
// their order are the same: pre-tokens are counted once and weigh as often as
// they occur; of the most frequent pairs the one with the lowest ids goes first;
// a pair within a run of one byte counts wherever it could start; and the text
// is cut at line ends first, as that trainer reads a file line by line, so that
// no piece spans two lines (WholeText departs from this).
//
// Here a merge visits only the places where its pair stands, found from a list,
// and the queue of pairs is put right as its entries come up.

// MaxTrainText is the longest text that TrainBPE takes, in bytes. Training needs
// memory for the distinct pre-tokens only, but where none comes twice, as in
// random bytes, that is about 60 bytes for each byte of text.
const MaxTrainText = 32 << 20

// ErrSize says that the size asked for cannot be.
var ErrSize = fmt.Errorf("the vocabulary's size must be from 256, the number of bytes, to %d", MaxSize)

// TrainOption changes how TrainBPE works.
type TrainOption func(*training)

// WithSpecials adds special tokens, which come last and count towards the size.
func WithSpecials(names ...string) TrainOption {
	return func(t *training) { t.specials = names }
}

// WithProgress calls f before each merge with the number of merges done and
// wanted, and about once a megabyte, with 0, while the text is counted. An error
// from f stops the training and TrainBPE returns it: a page can so yield, pause
// and cancel.
func WithProgress(f func(done, total int) error) TrainOption {
	return func(t *training) { t.progress = f }
}

// WithWholeText lets white space that spans lines become pieces, as in GPT-2.
func WithWholeText() TrainOption {
	return func(t *training) { t.whole = true }
}

// TrainBPE learns merges from text until there are size ids: the 256 bytes in
// the order that GPT-2 gives them, the pieces in the order learned, the special
// tokens. A text too small to give so many ends earlier: see Size.
func TrainBPE(text []byte, size int, options ...TrainOption) (*BPE, error) {
	t := &training{progress: func(done, total int) error { return nil }}
	for _, option := range options {
		option(t)
	}
	t.want = size - 256 - len(t.specials)
	switch {
	case len(text) == 0:
		return nil, fmt.Errorf("tokenizer: %w", ErrEmpty)
	case len(text) <= utf8.UTFMax && utf8.RuneCount(text) == 1:
		return nil, fmt.Errorf("tokenizer: %w", ErrTooFew)
	case len(text) > MaxTrainText:
		return nil, fmt.Errorf("tokenizer: the text has %d bytes, training takes at most %d: train on a part of it", len(text), MaxTrainText)
	case t.want < 0 || size > MaxSize:
		return nil, fmt.Errorf("tokenizer: %w, not %d (with %d special tokens)", ErrSize, size, len(t.specials))
	}
	return t.train(text)
}

// training is the state. Pre-tokens stand one after another in symbols with a
// gap before, between and after. A piece of n bytes has its id at the first and
// the last of its n places, so the neighbours on both sides are found without
// links; what lies between is gap too.
type training struct {
	specials []string
	progress func(done, total int) error
	whole    bool
	want     int // merges

	symbols []int32
	weights []int32 // how often the pre-token of this place occurs
	length  []int32 // (V) bytes of each piece
	pairs   map[pair]*occurrence
	fresh   []pair // pairs that appeared since the last call of enqueue
	queue   heap[entry]
}

// occurrence is how often a pair stands in the text, and where in symbols; some
// places are stale.
type occurrence struct {
	count int
	at    []int32
}

// entry is a pair in the queue, with its count when it came in.
type entry struct {
	pair  pair
	count int
}

const gap = -1

func (t *training) train(text []byte) (*BPE, error) {
	var v vocabulary
	for _, b := range byteOrder {
		v.pieces = append(v.pieces, string([]byte{b}))
		t.length = append(t.length, 1)
	}
	if err := t.count(text); err != nil {
		return nil, err
	}
	merges, err := t.learn(&v)
	if err != nil {
		return nil, err
	}
	joined := make([]int32, len(merges))
	for rank := range merges {
		joined[rank] = int32(256 + rank)
	}
	if err := v.addSpecials(t.specials); err != nil {
		return nil, err
	}
	return newBPE(v, merges, joined), nil
}

// learn merges the most frequent pair until there are enough pieces.
func (t *training) learn(v *vocabulary) ([]pair, error) {
	var merges []pair
	for len(merges) < t.want && len(t.queue.items) > 0 {
		top := t.queue.pop()
		if now := t.pairs[top.pair].count; now != top.count {
			if now > 0 {
				t.queue.push(entry{top.pair, now})
			}
			continue
		}
		if err := t.progress(len(merges), t.want); err != nil {
			return nil, err
		}
		v.pieces = append(v.pieces, v.pieces[top.pair.a]+v.pieces[top.pair.b])
		t.length = append(t.length, t.length[top.pair.a]+t.length[top.pair.b])
		t.merge(top.pair, int32(len(v.pieces)-1))
		merges = append(merges, top.pair)
	}
	return merges, t.progress(len(merges), t.want)
}

// merge replaces the pair by id wherever it stands, from left to right.
func (t *training) merge(p pair, id int32) {
	places := t.pairs[p].at
	delete(t.pairs, p)
	for _, i := range places {
		j := i + t.length[p.a] // where b begins
		if t.symbols[i] != p.a || t.symbols[j] != p.b {
			continue
		}
		end := j + t.length[p.b]
		weight := int(t.weights[i])
		if left := t.symbols[i-1]; left != gap {
			t.lose(pair{left, p.a}, weight)
			t.gain(pair{left, id}, weight, i-t.length[left])
		}
		if right := t.symbols[end]; right != gap {
			t.lose(pair{p.b, right}, weight)
			t.gain(pair{id, right}, weight, i)
		}
		t.symbols[j-1], t.symbols[j] = gap, gap
		t.symbols[i], t.symbols[end-1] = id, id
	}
	t.enqueue()
}

// lose and gain keep the counts; the pair being merged has none any more.
func (t *training) lose(p pair, weight int) {
	if o := t.pairs[p]; o != nil {
		o.count -= weight
	}
}

func (t *training) gain(p pair, weight int, at int32) {
	o := t.pairs[p]
	if o == nil {
		o = &occurrence{}
		t.pairs[p] = o
		t.fresh = append(t.fresh, p)
	}
	o.count += weight
	o.at = append(o.at, at)
}

func (t *training) enqueue() {
	for _, p := range t.fresh {
		if count := t.pairs[p].count; count > 0 {
			t.queue.push(entry{p, count})
		}
	}
	t.fresh = t.fresh[:0]
}

// stride is how much text is counted between two calls of progress.
const stride = 1 << 20

// count fills symbols, weights, pairs and the queue.
func (t *training) count(text []byte) error {
	if err := t.load(text); err != nil {
		return err
	}
	t.pairs = map[pair]*occurrence{}
	for i := 1; i < len(t.symbols); i++ {
		if i%stride == 0 {
			if err := t.progress(0, t.want); err != nil {
				return err
			}
		}
		if a, b := t.symbols[i-1], t.symbols[i]; a != gap && b != gap {
			t.gain(pair{a, b}, int(t.weights[i]), int32(i-1))
		}
	}
	t.queue.before = func(x, y entry) bool {
		if x.count != y.count {
			return x.count > y.count
		}
		return x.pair.a < y.pair.a || x.pair.a == y.pair.a && x.pair.b < y.pair.b
	}
	t.enqueue()
	return nil
}

// load puts each distinct pre-token of text into symbols, with its weight.
func (t *training) load(text []byte) error {
	words, counts, err := t.preTokens(text)
	if err != nil {
		return err
	}
	size := 1
	for _, word := range words {
		size += len(word) + 1
	}
	t.symbols, t.weights = make([]int32, 0, size), make([]int32, 0, size)
	place := func(symbol, weight int32) {
		t.symbols, t.weights = append(t.symbols, symbol), append(t.weights, weight)
	}
	place(gap, 0)
	for i, word := range words {
		for _, b := range word {
			place(byteID[b], counts[i])
		}
		place(gap, 0)
	}
	return nil
}

// preTokens lists the distinct pre-tokens of two bytes or more (one byte has
// nothing to merge) as they first appear, and how often each occurs.
func (t *training) preTokens(text []byte) (words [][]byte, counts []int32, err error) {
	index := map[string]int32{} // pre-token → its place in words
	done, report := 0, 0
	for part := range t.parts(text) {
		for len(part) > 0 {
			if done >= report {
				report += stride
				if err := t.progress(0, t.want); err != nil {
					return nil, nil, err
				}
			}
			word := part[:nextPreToken(part)]
			part = part[len(word):]
			done += len(word)
			if i, ok := index[string(word)]; ok {
				counts[i]++
			} else if len(word) > 1 {
				index[string(word)] = int32(len(words))
				words, counts = append(words, word), append(counts, 1)
			}
		}
	}
	return words, counts, nil
}

// parts are what is cut each by itself.
func (t *training) parts(text []byte) iter.Seq[[]byte] {
	if t.whole {
		return slices.Values([][]byte{text})
	}
	return bytes.Lines(text)
}
