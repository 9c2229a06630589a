//go:build goexperiment.simd && !purego

package kernel

import "simd"

// RMSNormGrad is RMSNormGradRef, fast.
func RMSNormGrad(dx, dgain, dy, x, gain, rstd []float32, c int) {
	checkNormGrad(dx, dgain, nil, dy, x, gain, len(rstd), c)
	if normGradBlock(dx, dgain, nil, dy, x, gain, nil, rstd, c) {
		return
	}
	for r, s := range rstd {
		xr, dyr := x[r*c:(r+1)*c], dy[r*c:(r+1)*c]
		_, meanGN := normGradSums(dyr, xr, gain, dgain, nil, 0, s)
		normGradRow(dx[r*c:(r+1)*c], dyr, xr, gain, 0, s, 0, meanGN/float32(c))
	}
}

// LayerNormGrad is LayerNormGradRef, fast.
func LayerNormGrad(dx, dgain, dbias, dy, x, gain, mean, rstd []float32, c int) {
	checkNormGrad(dx, dgain, dbias, dy, x, gain, len(rstd), c)
	mean = need(mean, len(rstd))
	if normGradBlock(dx, dgain, dbias, dy, x, gain, mean, rstd, c) {
		return
	}
	for r, s := range rstd {
		xr, dyr := x[r*c:(r+1)*c], dy[r*c:(r+1)*c]
		sumG, sumGN := normGradSums(dyr, xr, gain, dgain, dbias, mean[r], s)
		normGradRow(dx[r*c:(r+1)*c], dyr, xr, gain, mean[r], s, sumG/float32(c), sumGN/float32(c))
	}
}

// normGradSums is Σ g and Σ g·n of one row, with n = (x-m)·s and g = dy·gain;
// it adds dy·n to dgain and dy to dbias.
func normGradSums(dy, x, gain, dgain, dbias []float32, m, s float32) (sumG, sumGN float32) {
	c, i := len(dy), 0
	pd, px, pg, dg, db := start(dy), start(x), start(gain), start(dgain), start(dbias)
	vm, vs := simd.BroadcastFloat32s(m), simd.BroadcastFloat32s(s)
	gs, gns := zero(), zero()
	w := gs.Len()
	for ; i+w <= c; i += w {
		d, n := load(pd, i), load(px, i).Sub(vm).Mul(vs)
		if dg != nil {
			store(dg, i, d.MulAdd(n, load(dg, i)))
		}
		if db != nil {
			store(db, i, d.Add(load(db, i)))
		}
		if pg != nil {
			d = d.Mul(load(pg, i))
		}
		gs, gns = gs.Add(d), d.MulAdd(n, gns)
	}
	sumG, sumGN = lanes(gs), lanes(gns)
	for ; i < c; i++ {
		d, n := dy[i], (x[i]-m)*s
		if dgain != nil {
			dgain[i] += d * n
		}
		if dbias != nil {
			dbias[i] += d
		}
		g := affine(d, gain, nil, i)
		sumG += g
		sumGN += g * n
	}
	return sumG, sumGN
}

// normGradRow adds s·(g - meanG - n·meanGN) to one row of dx.
func normGradRow(dx, dy, x, gain []float32, m, s, meanG, meanGN float32) {
	c, i, to, pd, px, pg := len(dx), 0, start(dx), start(dy), start(x), start(gain)
	vm, vs := simd.BroadcastFloat32s(m), simd.BroadcastFloat32s(s)
	vg, vgn := simd.BroadcastFloat32s(meanG), simd.BroadcastFloat32s(meanGN)
	w := vs.Len()
	for ; i+w <= c; i += w {
		g, n := load(pd, i), load(px, i).Sub(vm).Mul(vs)
		if pg != nil {
			g = g.Mul(load(pg, i))
		}
		store(to, i, vs.MulAdd(g.Sub(vg).Sub(n.Mul(vgn)), load(to, i)))
	}
	for ; i < c; i++ {
		n, g := (x[i]-m)*s, affine(dy[i], gain, nil, i)
		dx[i] += s * (g - meanG - n*meanGN)
	}
	leave()
}
