//go:build goexperiment.simd && !purego

package kernel

import (
	"simd"
	"unsafe"
)

// Fast tells whether the SIMD kernels are built in.
const Fast = true

// Every loop below has the same form: it goes over memory whose length has
// been checked, a vector at a time, from a base pointer and an index (a slice
// would cost a bounds check each turn; a pointer that moves costs a
// WebAssembly local each, and twice the time); what remains is loaded into one
// more vector, padded with zeros, and stored as far as it goes. A vector holds
// 4, 8 or 16 numbers, as the machine has it.

// vector is memory for one vector of any length.
type vector = [16]float32

func vectorLen() int { return simd.VectorBitSize() / 32 }

func start(x []float32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

// load is the vector at p[i].
//
//go:nocheckptr
func load(p unsafe.Pointer, i int) simd.Float32s {
	return simd.LoadFloat32s((*vector)(unsafe.Add(p, 4*i))[:])
}

// store puts v at p[i].
//
//go:nocheckptr
func store(p unsafe.Pointer, i int, v simd.Float32s) {
	v.Store((*vector)(unsafe.Add(p, 4*i))[:])
}

// zero is a vector of zeros. It is read from memory: made in a register, it is
// an instruction of SSE between those of AVX on amd64, and to go from one to
// the other and back took up to 400 cycles on an Intel machine.
func zero() simd.Float32s { return simd.LoadFloat32s(zeros[:]) }

var zeros vector

// loadRest is x from i on, fewer numbers than a vector, and zeros after them.
func loadRest(x []float32, i int) simd.Float32s {
	v, _ := simd.LoadFloat32sPart(x[i:])
	return v
}

// Add is AddRef, fast.
func Add(dst, x, y []float32) {
	together(dst, x, y)
	add(dst, x, y)
}

func add(dst, x, y []float32) {
	n, i := len(dst), addBlock(dst, x, y)
	d, p, q := start(dst), start(x), start(y)
	w := vectorLen()
	for ; i+2*w <= n; i += 2 * w {
		u, v := load(p, i).Add(load(q, i)), load(p, i+w).Add(load(q, i+w))
		store(d, i, u)
		store(d, i+w, v)
	}
	for ; i+w <= n; i += w {
		store(d, i, load(p, i).Add(load(q, i)))
	}
	if i < n {
		loadRest(x[:n], i).Add(loadRest(y[:n], i)).StorePart(dst[i:])
	}
	leave()
}

// Mul is MulRef, fast.
func Mul(dst, x, y []float32) {
	together(dst, x, y)
	n, i := len(dst), mulBlock(dst, x, y)
	d, p, q := start(dst), start(x), start(y)
	w := vectorLen()
	for ; i+2*w <= n; i += 2 * w {
		u, v := load(p, i).Mul(load(q, i)), load(p, i+w).Mul(load(q, i+w))
		store(d, i, u)
		store(d, i+w, v)
	}
	for ; i+w <= n; i += w {
		store(d, i, load(p, i).Mul(load(q, i)))
	}
	if i < n {
		loadRest(x[:n], i).Mul(loadRest(y[:n], i)).StorePart(dst[i:])
	}
	leave()
}

// MulAdd is MulAddRef, fast.
func MulAdd(dst, x, y []float32) {
	together(dst, x, y)
	n, i := len(dst), mulAddBlock(dst, x, y)
	d, p, q := start(dst), start(x), start(y)
	w := vectorLen()
	for ; i+2*w <= n; i += 2 * w {
		u := load(p, i).MulAdd(load(q, i), load(d, i))
		v := load(p, i+w).MulAdd(load(q, i+w), load(d, i+w))
		store(d, i, u)
		store(d, i+w, v)
	}
	for ; i+w <= n; i += w {
		store(d, i, load(p, i).MulAdd(load(q, i), load(d, i)))
	}
	if i < n {
		loadRest(x[:n], i).MulAdd(loadRest(y[:n], i), loadRest(dst, i)).StorePart(dst[i:])
	}
	leave()
}

// Axpy is AxpyRef, fast.
func Axpy(dst []float32, a float32, x []float32) {
	together(dst, x)
	n, i := len(dst), axpyBlock(dst, a, x)
	d, p, va := start(dst), start(x), simd.BroadcastFloat32s(a)
	w := va.Len()
	for ; i+2*w <= n; i += 2 * w {
		u, v := va.MulAdd(load(p, i), load(d, i)), va.MulAdd(load(p, i+w), load(d, i+w))
		store(d, i, u)
		store(d, i+w, v)
	}
	for ; i+w <= n; i += w {
		store(d, i, va.MulAdd(load(p, i), load(d, i)))
	}
	if i < n {
		va.MulAdd(loadRest(x[:n], i), loadRest(dst, i)).StorePart(dst[i:])
	}
	leave()
}

// Scale is ScaleRef, fast.
func Scale(dst []float32, a float32, x []float32) {
	together(dst, x)
	scaleBy(dst, a, x)
}

func scaleBy(dst []float32, a float32, x []float32) {
	n, i := len(dst), scaleBlock(dst, a, x)
	d, p, va := start(dst), start(x), simd.BroadcastFloat32s(a)
	w := va.Len()
	for ; i+2*w <= n; i += 2 * w {
		u, v := va.Mul(load(p, i)), va.Mul(load(p, i+w))
		store(d, i, u)
		store(d, i+w, v)
	}
	for ; i+w <= n; i += w {
		store(d, i, va.Mul(load(p, i)))
	}
	if i < n {
		va.Mul(loadRest(x[:n], i)).StorePart(dst[i:])
	}
	leave()
}

// Dot is DotRef, fast: the sum is taken in another order.
func Dot(x, y []float32) float32 {
	n, i := len(x), 0
	y = need(y, n)
	p, q := start(x), start(y)
	s, t := zero(), zero()
	w := s.Len()
	for ; i+2*w <= n; i += 2 * w {
		s, t = load(p, i).MulAdd(load(q, i), s), load(p, i+w).MulAdd(load(q, i+w), t)
	}
	for ; i+w <= n; i += w {
		s = load(p, i).MulAdd(load(q, i), s)
	}
	if i < n {
		t = loadRest(x, i).MulAdd(loadRest(y, i), t)
	}
	return lanes(s.Add(t))
}

// AddRow is AddRowRef, fast.
func AddRow(y, b []float32) {
	separate(y, b)
	for len(y) >= len(b) && len(b) > 0 {
		add(y[:len(b)], y, b)
		y = y[len(b):]
	}
}

// SumRows is SumRowsRef, fast.
func SumRows(db, dy []float32) {
	separate(db, dy)
	for len(dy) >= len(db) && len(db) > 0 {
		add(db, db, dy)
		dy = dy[len(db):]
	}
}
