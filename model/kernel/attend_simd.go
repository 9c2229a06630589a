//go:build goexperiment.simd && !purego

package kernel

// Attend is AttendRef, fast.
func Attend(y, sums, q []float32, k, v Matrix, d int, scale float32, ws *Workspace) {
	share := checkAttend(y, sums, q, k, v, d)
	p := ws.weights(len(q)/d, k.Rows)
	y = y[:len(q)]
	clear(y)
	if !scoreHeads(p, q, k, d, share) {
		clear(p.Data)
		for h := range p.Rows {
			addDots(p.row(h), q[h*d:][:d], k.Data[h/share*d:], k.Stride)
		}
	}
	if !softmaxHeads(p, scale, sums) {
		for h := range p.Rows {
			CausalSoftmax(Mat(p.row(h), 1, p.Cols), scale, sums[2*h:])
		}
	}
	if !sumHeads(y, p, v, d, share) {
		for h := range p.Rows {
			addSums(y[h*d:][:d], p.row(h), v.Data[h/share*d:], v.Stride)
		}
	}
}

func (m Matrix) row(i int) []float32 { return m.Data[i*m.Stride:][:m.Cols] }

// weights is room for the weights of so many heads, their rows of whole vectors.
func (ws *Workspace) weights(heads, keys int) Matrix {
	stride := (keys + widest - 1) &^ (widest - 1)
	ws.c = grow(ws.c, heads*stride)
	return Matrix{Data: ws.c, Rows: heads, Cols: keys, Stride: stride}
}

// widest is the most numbers of a vector.
const widest = 16
