package webgpu

import "hornbook/model/tensor"

var (
	wideProduct   = load("matmul", "const tile = 64u;\n")
	narrowProduct = load("matmul", "const tile = 32u;\n")
	sumParts      = load("sum_parts", "")
	sumRows       = load("sum_rows", "")
)

// matrix is a tensor's numbers as a matrix, in any order: number (i,j) is the
// (i·row + j·col)-th.
type matrix struct {
	t          *tensor.Tensor
	rows, cols int
	row, col   int
}

func mat(t *tensor.Tensor, rows, cols int) matrix { return matrix{t, rows, cols, cols, 1} }

// of views a tensor as rows of its last dimension.
func of(t *tensor.Tensor) matrix { return mat(t, t.Rows(), t.Cols()) }

func (m matrix) transposed() matrix { return matrix{m.t, m.cols, m.rows, m.col, m.row} }

const (
	fewTiles  = 16   // below which smaller ones keep more of a card busy
	longSum   = 1024 // below which a sum is not worth being divided
	shortPart = 256
)

// matmul is c = alpha·x·y + beta·d + bias, where d may be c; without a beta it is not read.
func (b *Backend) matmul(c *tensor.Tensor, x, y matrix, alpha, beta float32, d, bias *tensor.Tensor) {
	m, n, k := x.rows, y.cols, x.cols
	s, tile := wideProduct, 64
	if tiles(m, 64)*tiles(n, 64) < fewTiles {
		s, tile = narrowProduct, 32
	}
	if d == nil {
		d = c
	}
	put := func(c *tensor.Tensor, part, parts int, beta float32) {
		b.call(s).on(c, x.t, y.t, d, bias).whole(m, n, k, x.row, x.col, y.row, y.col, part).real(alpha, beta).
			grid(tiles(n, tile), tiles(m, tile), parts)
	}
	parts := min(k/shortPart, 4*fewTiles/(tiles(m, tile)*tiles(n, tile)))
	if b.steady || k < longSum || parts < 2 || bias != nil || beta != 0 && (beta != 1 || d != c) {
		put(c, k, 1, beta)
		return
	}
	part := (k + parts - 1) / parts
	sums := b.scratch(parts * m * n)
	put(sums, part, parts, 0)
	b.call(sumParts).on(c, sums).whole(m*n, parts).yes(beta != 0).each(m * n)
}

func tiles(n, tile int) int { return (n + tile - 1) / tile }

func (b *Backend) Linear(y, x, w, bias *tensor.Tensor) {
	b.matmul(y, of(x), of(w).transposed(), 1, 0, nil, bias)
}

func (b *Backend) LinearGrad(dx, dw, db tensor.Into, dy, x, w *tensor.Tensor) {
	if dx.T != nil {
		b.matmul(dx.T, of(dy), of(w), 1, adds(dx), nil, nil)
	}
	if dw.T != nil {
		b.matmul(dw.T, of(dy).transposed(), of(x), 1, adds(dw), nil, nil)
	}
	if db.T != nil {
		b.sumRows(db, dy, nil, nil, nil)
	}
}

// height is the number of rows that one invocation sums.
const height = 64

// sumRows sums dy over its rows, times x as a norm made it where it is given.
func (b *Backend) sumRows(to tensor.Into, dy, x, mean, rstd *tensor.Tensor) {
	rows, c := dy.Rows(), dy.Cols()
	parts := (rows + height - 1) / height
	sums := b.scratch(parts * c)
	b.call(sumRows).on(sums, dy, x, mean, rstd).whole(rows, c, height).grid(tiles(c, lanes), parts, 1)
	b.call(sumParts).on(to.T, sums).whole(c, parts).yes(to.Add).each(c)
}
