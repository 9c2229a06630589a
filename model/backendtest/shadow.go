package backendtest

import (
	"runtime"
	"strings"

	"hornbook/model/cpu"
	"hornbook/model/tensor"
)

// Shadow is a tensor.Backend for tests, as strict as one on another device would
// be: nobody else finds numbers in its memory, what goes in and out is counted,
// memory that Alloc lends or Free takes back holds no numbers at all, and tensors
// of another backend are refused. It computes to the same bits as the CPU: each
// operation is the CPU's on copies of its operands. It is for one goroutine.
type Shadow struct {
	inner   tensor.Backend
	moved   *Transfers
	rooms   []*hidden // of Alloc
	doubles []double  // of the operation under way
	pool    []*tensor.Tensor
	used    int // of pool
	numbers []float32
	broken  string // the operation that computes something else, "" for none
	xs      []*tensor.Tensor
}

// double is an operand's copy in the memory of the inner backend.
type double struct {
	of      *hidden
	at, n   int // the numbers of it
	storage tensor.Storage
	offset  int
	written bool
}

var _ tensor.Backend = (*Shadow)(nil)

// NewShadow returns a backend without memory.
func NewShadow() *Shadow { return &Shadow{inner: cpu.New(), moved: new(Transfers)} }

// Transfers returns what went in and out since the last call, that of backends
// beside s included.
func (s *Shadow) Transfers() Transfers {
	t := *s.moved
	*s.moved = Transfers{}
	return t
}

func (s *Shadow) Name() string { return "shadow" }

func (s *Shadow) Beside(steady bool) tensor.Backend {
	return &Shadow{inner: s.inner.Beside(steady), moved: s.moved}
}

func (s *Shadow) Store(n int) tensor.Storage { return newHidden(n, s.moved) }

// lead is the number of places before a lent tensor's, so that none begins
// where its storage does.
const lead = 3

func (s *Shadow) Alloc(t *tensor.Tensor) {
	h := s.room(lead + t.Len())
	h.lent = true
	t.Storage, t.Offset = h, lead
}

// room is a storage of n spoilt numbers that is not lent.
func (s *Shadow) room(n int) *hidden {
	for _, h := range s.rooms {
		if !h.lent && len(h.bits) == n {
			return h
		}
	}
	h := newHidden(n, s.moved)
	h.spoil()
	s.rooms = append(s.rooms, h)
	return h
}

func (s *Shadow) Free(t *tensor.Tensor) {
	h := s.own(t)
	if !h.lent {
		panic("backendtest: memory given back that is not lent")
	}
	h.lent = false
	h.spoil()
}

func (s *Shadow) Reset() {
	for _, h := range s.rooms {
		if h.lent {
			h.lent = false
			h.spoil()
		}
	}
}

func (s *Shadow) Flush() {}

// own is the storage of t.
func (s *Shadow) own(t *tensor.Tensor) *hidden {
	h, ok := t.Storage.(*hidden)
	if !ok || h.moved != s.moved {
		panic("backendtest: a tensor of another backend")
	}
	return h
}

// in is a copy of x, nil for none, for the inner backend to read.
func (s *Shadow) in(x *tensor.Tensor) *tensor.Tensor {
	if x == nil {
		return nil
	}
	return s.view(s.double(x), x.Dims)
}

// out is a copy of x that done brings back.
func (s *Shadow) out(x *tensor.Tensor) *tensor.Tensor {
	if x == nil {
		return nil
	}
	d := s.double(x)
	d.written = true
	return s.view(d, x.Dims)
}

// into is where the inner backend puts a gradient, for done to bring back.
func (s *Shadow) into(d tensor.Into) tensor.Into { return tensor.Into{T: s.out(d.T), Add: d.Add} }

// called is the name of the operation that calls done.
func called() string {
	pc, _, _, _ := runtime.Caller(2)
	name := runtime.FuncForPC(pc).Name()
	return name[strings.LastIndex(name, ".")+1:]
}

// list is one(x) for each of xs, until the next list.
func (s *Shadow) list(one func(*Shadow, *tensor.Tensor) *tensor.Tensor, xs []*tensor.Tensor) []*tensor.Tensor {
	s.xs = s.xs[:0]
	for _, x := range xs {
		s.xs = append(s.xs, one(s, x))
	}
	return s.xs
}

// double copies the numbers of x, those of one place only once: operands that
// are the same tensor, or views of it, stay that.
func (s *Shadow) double(x *tensor.Tensor) *double {
	h, n := s.own(x), x.Len()
	for i := range s.doubles {
		if d := &s.doubles[i]; d.of == h && d.at == x.Offset && d.n == n {
			return d
		}
	}
	y := s.view(new(double), x.Dims)
	s.inner.Alloc(y)
	h.get(s.scratch(n), x.Offset)
	y.Upload(s.numbers)
	s.doubles = append(s.doubles, double{of: h, at: x.Offset, n: n, storage: y.Storage, offset: y.Offset})
	return &s.doubles[len(s.doubles)-1]
}

// view is a tensor of the inner backend over d.
func (s *Shadow) view(d *double, dims []int) *tensor.Tensor {
	if s.used == len(s.pool) {
		s.pool = append(s.pool, new(tensor.Tensor))
	}
	y := s.pool[s.used]
	s.used++
	y.Set(d.storage, d.offset, dims...)
	return y
}

// scratch makes numbers n long.
func (s *Shadow) scratch(n int) []float32 {
	if cap(s.numbers) < n {
		s.numbers = make([]float32, n)
	}
	s.numbers = s.numbers[:n]
	return s.numbers
}

// Break makes an operation, by its name, compute something else from now on: of all that
// it writes, the last number.
func (s *Shadow) Break(op string) { s.broken = op }

// done ends an operation: what it has written goes to where it belongs.
func (s *Shadow) done() {
	if s.broken != "" && called() == s.broken {
		for i := len(s.doubles) - 1; i >= 0; i-- {
			if d := s.doubles[i]; d.written {
				d.storage.Upload(d.offset+d.n-1, []float32{1.5})
				break
			}
		}
	}
	for _, d := range s.doubles {
		if d.written {
			d.storage.Download(s.scratch(d.n), d.offset)
			d.of.put(d.at, s.numbers)
		}
	}
	clear(s.doubles)
	s.doubles, s.used = s.doubles[:0], 0
	s.inner.Reset()
}
