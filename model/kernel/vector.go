package kernel

// AddRef computes dst[i] = x[i] + y[i]. dst may be x or y.
func AddRef(dst, x, y []float32) {
	together(dst, x, y)
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

// MulRef computes dst[i] = x[i]·y[i]. dst may be x or y.
func MulRef(dst, x, y []float32) {
	together(dst, x, y)
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

// MulAddRef computes dst[i] += x[i]·y[i].
func MulAddRef(dst, x, y []float32) {
	together(dst, x, y)
	for i := range dst {
		dst[i] += x[i] * y[i]
	}
}

// AxpyRef computes dst[i] += a·x[i].
func AxpyRef(dst []float32, a float32, x []float32) {
	together(dst, x)
	for i := range dst {
		dst[i] += a * x[i]
	}
}

// ScaleRef computes dst[i] = a·x[i]. dst may be x.
func ScaleRef(dst []float32, a float32, x []float32) {
	together(dst, x)
	for i := range dst {
		dst[i] = a * x[i]
	}
}

// DotRef is Σ x[i]·y[i].
func DotRef(x, y []float32) float32 {
	y = need(y, len(x))
	var sum float32
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

// AddRowRef adds row b (C) to every row of y (R,C).
func AddRowRef(y, b []float32) {
	separate(y, b)
	for len(y) >= len(b) && len(b) > 0 {
		AddRef(y[:len(b)], y, b)
		y = y[len(b):]
	}
}

// SumRowsRef adds the sum of the rows of dy (R,C) to db (C).
func SumRowsRef(db, dy []float32) {
	separate(db, dy)
	for len(dy) >= len(db) && len(db) > 0 {
		AddRef(db, db, dy[:len(db)])
		dy = dy[len(db):]
	}
}
