package kernel

import (
	"slices"
	"testing"
)

// With a steady workspace a row of a product has the same bits beside any
// number of others, wherever it stands.
func TestSteady(t *testing.T) {
	for _, shape := range [][2]int{{3, 5}, {32, 128}, {65, 128}, {344, 128}, {128, 344}, {1040, 160}, {512, 700}} {
		n, k := shape[0], shape[1]
		const most = 150
		x, w := noise(most*k), Mat(noise(n*k), n, k).T()
		ws := &Workspace{Steady: true}
		product := func(from, rows int) []float32 {
			c := Mat(make([]float32, rows*n), rows, n)
			Matmul(c, Mat(x[from*k:(from+rows)*k], rows, k), w, false, ws)
			return c.Data
		}
		all := product(0, most)
		for rows := 1; rows <= most; rows++ {
			if rows > 20 && rows%13 != 0 {
				continue
			}
			for _, from := range []int{0, 1, most - rows} {
				if from+rows > most {
					continue
				}
				if !slices.Equal(product(from, rows), all[from*n:(from+rows)*n]) {
					t.Errorf("%d rows of %d×%d, from row %d on, have other bits than among %d", rows, n, k, from, most)
				}
			}
		}
	}
}
