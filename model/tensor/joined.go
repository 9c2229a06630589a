package tensor

// DType is how the numbers of a storage lie in memory.
type DType int

// The types. Numbers of 16 bits cannot train, and are widened where they are used.
const (
	F32 DType = iota
	F16
	BF16
)

// Bytes are those of one number.
func (d DType) Bytes() int {
	if d == F32 {
		return 4
	}
	return 2
}

// Join views tensors as one of all their numbers, one tensor's after the other's. Where
// they do not lie so in one storage it is for Upload, Download, Read and Write only.
func Join(parts []*Tensor) *Tensor {
	first, n, apart := parts[0], 0, false
	for _, p := range parts {
		apart = apart || p.Storage != first.Storage || p.Offset != first.Offset+n
		n += p.Len()
	}
	if apart {
		return Weight(joined{parts}, 0, "", n)
	}
	return Weight(first.Storage, first.Offset, "", n)
}

// joined is the storage of tensors wherever they lie.
type joined struct{ parts []*Tensor }

func (joined) DType() DType { return F32 }

// each calls f for each part that has some of the n numbers from the at-th on: for those
// from its own from-th on, which are the to-th and following of the n.
func (j joined) each(at, n int, f func(p *Tensor, from, to, n int)) {
	to := 0
	for _, p := range j.parts {
		if n == to {
			return
		}
		if at < p.Len() {
			some := min(p.Len()-at, n-to)
			f(p, at, to, some)
			to, at = to+some, at+some
		}
		at -= p.Len()
	}
}

func (j joined) Upload(at int, x []float32) {
	j.each(at, len(x), func(p *Tensor, from, to, n int) { p.Storage.Upload(p.Offset+from, x[to:to+n]) })
}

func (j joined) Download(x []float32, at int) {
	j.each(at, len(x), func(p *Tensor, from, to, n int) { p.Storage.Download(x[to:to+n], p.Offset+from) })
}

func (j joined) Read(at, n int, use func(x []float32)) {
	x := make([]float32, n)
	j.Download(x, at)
	use(x)
}

func (j joined) Write(at, n int, fill func(x []float32)) {
	x := make([]float32, n)
	fill(x)
	j.Upload(at, x)
}
