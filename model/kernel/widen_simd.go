//go:build goexperiment.simd && !purego

package kernel

// Widen is WidenRef, fast.
func Widen(dst []float32, x Narrow, cols, stride int) {
	checkWiden(dst, x, cols, stride)
	if len(dst) == 0 {
		return
	}
	rows := len(dst) / cols
	if cols == stride { // as one row
		rows, cols = 1, len(dst)
	}
	done := widenBlock(dst, x, rows, cols, stride)
	for r := range rows {
		for j := done; j < cols; j++ {
			dst[r*cols+j] = x.At(r*stride + j)
		}
	}
}

// widened is b, or where it is narrow a copy of float32 in the workspace.
func (ws *Workspace) widened(b Matrix) Matrix {
	if b.Narrow.Bits == nil {
		return b
	}
	rows, cols := b.Rows, b.Cols
	if b.Transposed {
		rows, cols = cols, rows
	}
	ws.wide = grow(ws.wide, rows*cols)
	Widen(ws.wide, b.Narrow, cols, b.Stride)
	b.Data, b.Narrow, b.Stride = ws.wide, Narrow{}, cols
	return b
}
