//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// Matmul follows Goto & van de Geijn 2008 and BLIS: C is cut into blocks that
// fit the caches and these into tiles that fit the registers. B goes into
// panels as wide as a tile, which the tiles of a column share; A is read where
// it lies, unless it is transposed and much used.
const (
	shortRows = 4  // rows of a tile of C; tall tiles have tallRows
	blockM    = 96 // a block of A: 48 to 192 KiB, in the second cache
	blockN    = 512
	lowerCols = 32 // columns of a lower triangle that begin in one row

	// Below these, packing costs more than it gains.
	packRows = 96 // rows of C that share B
	packCols = 64 // columns of C that share a transposed A

	widenPanels = 8 // of a narrow B that are widened together: an even number
)

// Matmul is MatmulRef, fast.
func Matmul(c, a, b Matrix, accumulate bool, ws *Workspace) {
	checkMatmul(c, a, b)
	switch {
	case c.Rows == 0 || c.Cols == 0:
	case a.Cols == 0:
		MatmulRef(c, a, b, accumulate)
	case c.Rows <= shortRows && !a.Transposed && b.Transposed && !ws.Steady:
		matmulDots(c, a, b, accumulate, ws)
	case c.Rows <= shortRows && !a.Transposed && !b.Transposed && !ws.Steady:
		matmulSums(c, a, b, accumulate, ws)
	default:
		matmulBlocks(c, a, b, accumulate, everything, ws)
	}
}

// MatmulCausal is MatmulCausalRef, fast: it leaves out tiles.
func MatmulCausal(c, a, b Matrix, ws *Workspace) {
	checkMatmul(c, a, b)
	checkCausalShape(c)
	if c.Rows <= shortRows || a.Cols == 0 {
		Matmul(c, a, b, false, ws)
		return
	}
	matmulBlocks(c, a, b, false, c.Cols-c.Rows, ws)
}

// MatmulSymmetric is MatmulSymmetricRef, fast: tiles above the diagonal are
// left out.
func MatmulSymmetric(c, a, b Matrix, accumulate bool, ws *Workspace) {
	checkMatmul(c, a, b)
	checkSquare(c)
	if c.Rows == 0 || a.Cols == 0 {
		MatmulSymmetricRef(c, a, b, accumulate)
		return
	}
	matmulBlocks(c, a, b, accumulate, 0, ws)
	mirrorFast(c)
}

// mirrorFast is mirror, four rows at a time: what lies left of them goes above,
// and the square of four that they end in is mirrored by itself.
func mirrorFast(c Matrix) {
	ld := 4 * c.Stride
	for i := 0; i+4 <= c.Rows; i += 4 {
		transpose4(c.view(0, i, 1, 1).pointer(), c.view(i, 0, 1, 1).pointer(), ld, ld, i)
		mirror(c.view(i, i, 4, 4))
	}
	for i := c.Rows &^ 3; i < c.Rows; i++ {
		for j, v := range c.Data[i*c.Stride:][:i] {
			c.Data[j*c.Stride+i] = v
		}
	}
}

// everything is a diagonal beyond all of C.
const everything = 1 << 40

// matmulBlocks is MatmulRef, but that elements (i,j) with j > i + diagonal may
// be left as they are.
func matmulBlocks(c, a, b Matrix, accumulate bool, diagonal int, ws *Workspace) {
	m, n, k := c.Rows, c.Cols, a.Cols
	kBlocks := (k + blockK - 1) / blockK
	kStep := (k + kBlocks - 1) / kBlocks
	kStep = (kStep + 3) &^ 3
	ws.reserve(min(m, blockM), min(n, blockN), min(k, kStep))
	for j := 0; j < n; j += blockN {
		nb := min(blockN, n-j)
		for p := 0; p < k; p += kStep {
			kb := min(kStep, k-p)
			bb := packB(b.view(p, j, kb, nb), m, ws)
			for i := 0; i < m; i += blockM {
				mb := min(blockM, m-i)
				if j > i+mb-1+diagonal {
					continue
				}
				ab := packA(a.view(i, p, mb, kb), nb, ws)
				ab.lower, ab.above = nb-1 > diagonal+i-j, j-i-diagonal
				multiply(c.view(i, j, mb, nb), ab, bb, kb, accumulate || p > 0, ws)
			}
		}
	}
}

// view is rows×cols of m from element (i,j) on.
func (m Matrix) view(i, j, rows, cols int) Matrix {
	m.Rows, m.Cols = rows, cols
	if m.Transposed {
		i, j = j, i
	}
	if m.Narrow.Bits != nil {
		m.Narrow = m.Narrow.from(i*m.Stride + j)
	} else {
		m.Data = m.Data[i*m.Stride+j:]
	}
	return m
}

func (m Matrix) pointer() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(m.Data)) }

// reserve makes room for a block of A, a block of B and a strip of C.
func (ws *Workspace) reserve(m, n, k int) {
	width := tileCols()
	ws.a = grow(ws.a, (m+shortRows)*k)
	ws.b = grow(ws.b, (n+width)*k)
	ws.c = grow(ws.c, (m+shortRows)*width)
}

func grow(s []float32, n int) []float32 {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]float32, n)
}

// blockA is a block of A as the strips read it: tiles of tallRows rows, then
// tiles of shortRows, then the rows that fill no tile.
type blockA struct {
	groups [2]groupA
	full   int  // rows in tiles
	lying  bool // each row of a tile by itself: stripRows
	edge   []float32
	lower  bool // leave out tiles above the diagonal,
	above  int  // which begins in this row
}

// groupA is tiles of one height.
type groupA struct {
	data          unsafe.Pointer
	lda, astep    uintptr // bytes
	height, tiles int
}

// cut says how many tiles of either height cover m rows but for fewer than
// shortRows.
func cut(m int) (tall, short int) {
	tall = m / tallRows
	if tall > 0 && m-tall*tallRows == 2 { // 6 + 2 are 4 + 4
		tall--
	}
	return tall, (m - tall*tallRows) / shortRows
}

// packA packs a (M,K) only if it is transposed and n columns of C are many.
// Rows too few for a tile always go into the panel edge.
func packA(a Matrix, n int, ws *Workspace) blockA {
	k := a.Cols
	tall, short := cut(a.Rows)
	b := blockA{full: tall*tallRows + short*shortRows}
	b.edge = ws.a[b.full*k:]
	if have := a.Rows - b.full; have > 0 {
		packCol(b.edge, a.view(b.full, 0, have, k), shortRows)
	}
	pack := n >= packLying || n >= packCols && a.Transposed
	b.lying = !pack && !a.Transposed
	first := 0
	for i, g := range [2]groupA{{height: tallRows, tiles: tall}, {height: shortRows, tiles: short}} {
		if g.tiles > 0 {
			b.groups[i] = a.view(first, 0, g.tiles*g.height, k).group(g, pack, ws.a[first*k:])
		}
		first += g.tiles * g.height
	}
	return b
}

// group says where the strips find the tiles g of a: where they lie, or packed
// into room.
func (a Matrix) group(g groupA, pack bool, room []float32) groupA {
	switch {
	case pack:
		packPanels(room, a, g.height)
		g.data = unsafe.Pointer(unsafe.SliceData(room))
		g.lda, g.astep = uintptr(4*g.height), uintptr(4*g.height*a.Cols)
	case a.Transposed:
		g.data, g.lda, g.astep = a.pointer(), uintptr(4*a.Stride), uintptr(4*g.height)
	default:
		g.data, g.lda, g.astep = a.pointer(), uintptr(4*a.Stride), uintptr(4*a.Stride*g.height)
	}
	return g
}

// packPanels fills panels of a width with the rows of a, the last one with
// zeros where a has no more. If these lie side by side, as those of a transposed
// view, two panels are filled at once.
func packPanels(room []float32, a Matrix, width int) {
	k, i := a.Cols, 0
	for ; a.Transposed && i+2*width <= a.Rows; i += 2 * width {
		to := room[i*k : (i+2*width)*k]
		copyPair(start(to), a.view(i, 0, width, k).pointer(), uintptr(4*width), uintptr(4*width*k), uintptr(4*a.Stride), k)
	}
	for ; i < a.Rows; i += width {
		packCol(room[i*k:], a.view(i, 0, min(width, a.Rows-i), k), width)
	}
}

// packCol fills a panel with the rows of a.
func packCol(panel []float32, a Matrix, width int) {
	if a.Transposed {
		packPanel(panel, a.pointer(), a.Stride, a.Rows, width, a.Cols)
	} else {
		packPanelT(panel, a.pointer(), a.Stride, a.Rows, width, a.Cols)
	}
}

// blockB is a block of B as the strips read it: panels in packed, and from
// direct on the panels that are read where they lie.
type blockB struct {
	packed []float32
	direct Matrix
	inRoom bool
}

// packB packs b (K,N), unless it lies well and m rows of C are few. A narrow b is
// widened some panels at a time, so that these are still in the cache when they are
// packed.
func packB(b Matrix, m int, ws *Workspace) blockB {
	width, k := tileCols(), b.Rows
	inRoom := !b.Transposed && m < packRows && b.Narrow.Bits == nil
	from := 0
	if inRoom {
		from = b.Cols - b.Cols%width
	}
	for ; b.Narrow.Bits != nil && from < b.Cols; from += widenPanels * width {
		some := b.view(0, from, k, min(widenPanels*width, b.Cols-from))
		packPanels(ws.b[from*k:], ws.widened(some).T(), width)
	}
	if from < b.Cols {
		packPanels(ws.b[from*k:], b.view(0, from, k, b.Cols-from).T(), width)
	}
	return blockB{packed: ws.b, direct: b, inRoom: inRoom}
}

// panel is where the strips find the panel at column j, and the distances, in
// bytes, of its rows and of the next panel.
func (b blockB) panel(j, width, k int) (at unsafe.Pointer, ldb, bstep uintptr) {
	if b.inRoom && j+width <= b.direct.Cols {
		return unsafe.Pointer(&b.direct.Data[j]), uintptr(4 * b.direct.Stride), uintptr(4 * width)
	}
	return unsafe.Pointer(&b.packed[j*k]), uintptr(4 * width), uintptr(4 * width * k)
}

// multiply computes one block of C. What does not fill a tile is computed in
// the workspace and copied.
func multiply(c Matrix, a blockA, b blockB, k int, accumulate bool, ws *Workspace) {
	width := tileCols()
	together := c.Cols / width // panels for one call
	if a.lower {
		together = min(together, max(1, lowerCols/width))
	}
	spare := Matrix{Data: ws.c, Rows: c.Rows, Stride: width}
	for j, panels := 0, 0; a.full > 0 && j < c.Cols; j += width * panels {
		panels = min(together, (c.Cols-j)/width)
		if panels > 0 {
			a.strips(unsafe.Pointer(&c.Data[j]), c.Stride, b, j, k, panels, accumulate)
			continue
		}
		panels, spare.Cols = 1, c.Cols-j
		a.strips(spare.pointer(), width, b, j, k, 1, false)
		copyTile(c.view(0, j, a.full, spare.Cols), spare, accumulate)
	}
	if a.full == c.Rows {
		return
	}
	for j := 0; j < c.Cols; j += width {
		edge := spare.view(a.full, 0, c.Rows-a.full, min(width, c.Cols-j))
		panel, ldb, _ := b.panel(j, width, k)
		stripCols(shortRows, edge.pointer(), uintptr(4*width), unsafe.Pointer(unsafe.SliceData(a.edge)),
			4*shortRows, 0, panel, ldb, 0, k, 1, 1, false)
		copyTile(c.view(a.full, j, edge.Rows, edge.Cols), edge, accumulate)
	}
}

// strips computes the columns of C from number j on that panels panels of B
// give, as far as tiles go.
//
//go:nocheckptr
func (a blockA) strips(c unsafe.Pointer, stride int, b blockB, j, k, panels int, accumulate bool) {
	panel, ldb, bstep := b.panel(j, tileCols(), k)
	row := 0
	for _, g := range a.groups {
		height := g.height * g.tiles
		if a.lower {
			skip := min(g.tiles, max(0, j+a.above-row)/max(1, g.height))
			c = unsafe.Add(c, 4*stride*g.height*skip)
			g.data = unsafe.Add(g.data, g.astep*uintptr(skip))
			g.tiles -= skip
		}
		row += height
		switch {
		case g.tiles == 0:
			continue
		case a.lying:
			stripRows(g.height, c, uintptr(4*stride), g.data, g.lda, g.astep, panel, ldb, bstep, k, g.tiles, panels, accumulate)
		default:
			stripCols(g.height, c, uintptr(4*stride), g.data, g.lda, g.astep, panel, ldb, bstep, k, g.tiles, panels, accumulate)
		}
		c = unsafe.Add(c, 4*stride*g.tiles*g.height)
	}
}

// copyTile copies or adds the first rows and columns of tile to c.
func copyTile(c, tile Matrix, accumulate bool) {
	for i := range c.Rows {
		to, from := c.Data[i*c.Stride:][:c.Cols], tile.Data[i*tile.Stride:][:c.Cols]
		if !accumulate {
			copy(to, from)
			continue
		}
		for j, v := range from {
			to[j] += v
		}
	}
}
