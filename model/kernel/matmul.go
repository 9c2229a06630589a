package kernel

// Matrix is a view of Rows×Cols float32 in row-major memory: element (i,j) is
// Data[i*Stride+j], or Data[j*Stride+i] if Transposed. Where there is Narrow its numbers
// take Data's place.
type Matrix struct {
	Data       []float32
	Rows, Cols int
	Stride     int
	Transposed bool
	Narrow     Narrow
}

// Mat views data as a dense rows×cols matrix.
func Mat(data []float32, rows, cols int) Matrix {
	return Matrix{Data: data, Rows: rows, Cols: cols, Stride: cols}
}

// NarrowMat views narrow numbers as a dense rows×cols matrix.
func NarrowMat(x Narrow, rows, cols int) Matrix {
	return Matrix{Narrow: x, Rows: rows, Cols: cols, Stride: cols}
}

// T is the transposed view of m; no element moves.
func (m Matrix) T() Matrix {
	m.Rows, m.Cols, m.Transposed = m.Cols, m.Rows, !m.Transposed
	return m
}

// at reads element (i,j).
func (m Matrix) at(i, j int) float32 {
	if m.Transposed {
		i, j = j, i
	}
	if m.Narrow.Bits != nil {
		return m.Narrow.At(i*m.Stride + j)
	}
	return m.Data[i*m.Stride+j]
}

// check panics unless m's data holds every element of the view.
func (m Matrix) check() {
	rows, cols := m.Rows, m.Cols
	if m.Transposed {
		rows, cols = cols, rows
	}
	if rows < 0 || cols < 0 || m.Stride < cols {
		panic("kernel: bad matrix shape")
	}
	if rows > 0 && cols > 0 && max(len(m.Data), len(m.Narrow.Bits)) < (rows-1)*m.Stride+cols {
		panic("kernel: matrix data too short")
	}
}

// Workspace is the memory that Matmul packs its operands into. The zero value
// is ready; it grows to the largest product seen and is then reused. One
// goroutine uses a Workspace at a time.
type Workspace struct {
	// Steady makes Matmul give a row of C the same bits however many rows C
	// has: few rows then take no path of their own, which is faster.
	Steady bool

	a, b, c []float32 // a block of A, of B, and a strip of C
	wide    []float32 // a part of a narrow B
}

func checkMatmul(c, a, b Matrix) {
	a.check()
	b.check()
	c.check()
	if c.Transposed {
		panic("kernel: matmul into a transposed matrix")
	}
	if a.Narrow.Bits != nil || c.Narrow.Bits != nil {
		panic("kernel: matmul of a narrow A, or into a narrow C")
	}
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows {
		panic("kernel: matmul shapes do not fit")
	}
	if c.shares(a) || c.shares(b) {
		panic("kernel: matmul overlaps its operand")
	}
}

// span is the memory from m's first element to its last.
func (m Matrix) span() []float32 {
	rows, cols := m.Rows, m.Cols
	if m.Transposed {
		rows, cols = cols, rows
	}
	if rows == 0 || cols == 0 || m.Narrow.Bits != nil {
		return nil
	}
	return m.Data[:(rows-1)*m.Stride+cols]
}

// shares tells whether c and x have an element in common. Columns side by side
// in one buffer, such as the heads of attention, share none.
func (c Matrix) shares(x Matrix) bool {
	if !overlap(c.span(), x.span()) {
		return false
	}
	if c.Stride != x.Stride {
		return true
	}
	width := x.Cols
	if x.Transposed {
		width = x.Rows
	}
	apart := (int(address(x.Data)-address(c.Data)) / 4) % c.Stride
	if apart < 0 {
		apart += c.Stride
	}
	return apart < c.Cols || apart+width > c.Stride
}

// MatmulRef computes C = A·B, or C += A·B if accumulate:
//
//	for i, j:  c[i,j] = (c[i,j] if accumulate) + Σ_k a[i,k]·b[k,j]
//
// A and B may be transposed views, C may not; B may be narrow, which gives the same bits
// as its numbers in float32. C overlaps neither A nor B.
func MatmulRef(c, a, b Matrix, accumulate bool) {
	checkMatmul(c, a, b)
	for i := range c.Rows {
		for j := range c.Cols {
			var sum float32
			for k := range a.Cols {
				sum += a.at(i, k) * b.at(k, j)
			}
			if accumulate {
				sum += c.Data[i*c.Stride+j]
			}
			c.Data[i*c.Stride+j] = sum
		}
	}
}

// MatmulSymmetricRef is MatmulRef for a product that is known to be symmetric,
// such as X·Xᵀ; if accumulate, C must be too. Element (j,i) is a copy of (i,j)
// for j > i.
func MatmulSymmetricRef(c, a, b Matrix, accumulate bool) {
	checkSquare(c)
	MatmulRef(c, a, b, accumulate)
	mirror(c)
}

// MatmulCausalRef is MatmulRef, but that the part of C that causal attention
// does not see may be left with any content: (i,j) with j > Cols-Rows+i.
func MatmulCausalRef(c, a, b Matrix) {
	checkCausalShape(c)
	MatmulRef(c, a, b, false)
}

func checkSquare(c Matrix) {
	if c.Rows != c.Cols {
		panic("kernel: a symmetric product is square")
	}
}

// mirror copies what lies below the diagonal above it.
func mirror(c Matrix) {
	for i := range c.Rows {
		for j, v := range c.Data[i*c.Stride:][:i] {
			c.Data[j*c.Stride+i] = v
		}
	}
}
