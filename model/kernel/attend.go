package kernel

// AttendRef lets one query of each head look at what came before it, as where a
// sequence is written token by token. q and y (H·D) hold the heads one after
// the other, a row of k and v (T,K·D) all heads of a key and of its value; H/K
// heads look at the same. k and v may be one.
//
//	p[j] = softmax_j(scale·q·k[j]),   y = Σ_j p[j]·v[j]   of each head
//
// sums (H,2) keeps of p what CausalSoftmaxRef does.
func AttendRef(y, sums, q []float32, k, v Matrix, d int, scale float32) {
	share := checkAttend(y, sums, q, k, v, d)
	p := Mat(make([]float32, k.Rows), 1, k.Rows)
	for h := range len(q) / d {
		keys, values := k.head(h/share, d), v.head(h/share, d)
		MatmulRef(p, Mat(q[h*d:], 1, d), keys.T(), false)
		CausalSoftmaxRef(p, scale, sums[2*h:])
		MatmulRef(Mat(y[h*d:], 1, d), p, values, false)
	}
}

// head is the d columns of head h.
func (m Matrix) head(h, d int) Matrix {
	m.Data, m.Cols = m.Data[h*d:], d
	return m
}

// checkAttend returns how many heads share a key.
func checkAttend(y, sums, q []float32, k, v Matrix, d int) (share int) {
	k.check()
	v.check()
	switch {
	case d < 1 || k.Cols < d || k.Cols%d != 0 || len(q) == 0 || len(q)%k.Cols != 0:
		panic("kernel: heads do not fit")
	case k.Rows == 0 || k.Transposed || v.Transposed || v.Rows != k.Rows || v.Cols != k.Cols:
		panic("kernel: keys and values do not fit")
	}
	y, sums = need(y, len(q)), need(sums, 2*len(q)/d)
	separate(y, sums, q, k.span())
	separate(y, sums, q, v.span())
	return len(q) / k.Cols
}
