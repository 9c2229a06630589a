package kernel

import (
	"fmt"
	"testing"
)

// The products of a training step of the nanogpt-cpu preset, of its attention
// (64×64×32), of generation (one row), and one that fills the caches.
func BenchmarkMatmul(b *testing.B) {
	for _, s := range []struct {
		m, n, k int
		ta, tb  bool
		name    string
	}{
		{768, 128, 128, false, true, "forward"},
		{768, 384, 128, false, true, "forward"},
		{768, 512, 128, false, true, "forward"},
		{768, 128, 512, false, true, "forward"},
		{768, 128, 512, false, false, "dX"},
		{768, 512, 128, false, false, "dX"},
		{512, 128, 768, true, false, "dW"},
		{128, 512, 768, true, false, "dW"},
		{768, 65, 128, false, true, "forward"},
		{768, 128, 65, false, false, "dX"},
		{65, 128, 768, true, false, "dW"},
		{64, 64, 32, false, true, "attention"},
		{64, 32, 64, false, false, "attention"},
		{64, 32, 64, true, false, "attentionT"},
		{1024, 1024, 1024, false, true, "forward"},
		{1024, 1024, 1024, false, false, "dX"},
		{1024, 1024, 1024, true, false, "dW"},
		{1, 384, 128, false, true, "generate"},
		{1, 128, 512, false, true, "generate"},
		{1, 32, 64, false, false, "generate"},
	} {
		b.Run(fmt.Sprintf("%dx%dx%d/%s", s.m, s.n, s.k, s.name), func(b *testing.B) {
			c, x, y := noiseMatrix(s.m, s.n, false), noiseMatrix(s.m, s.k, s.ta), noiseMatrix(s.k, s.n, s.tb)
			var ws Workspace
			for b.Loop() {
				Matmul(c, x, y, false, &ws)
			}
			b.ReportMetric(float64(b.N)*2*float64(s.m*s.n*s.k)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// Products of SmolLM2-135M's MLP with 256 rows, and with one, by weights of float32 and of
// 16 bits.
func BenchmarkNarrow(b *testing.B) {
	for _, s := range []struct {
		m, n, k int
		tb      bool
		name    string
	}{{256, 1536, 576, true, "forward"}, {256, 576, 1536, true, "forward"}, {256, 576, 1536, false, "dX"}, {1, 1536, 576, true, "generate"}} {
		of := func(name string, y Matrix) {
			c, x := noiseMatrix(s.m, s.n, false), noiseMatrix(s.m, s.k, false)
			if s.tb {
				y.Rows, y.Cols, y.Stride = s.n, s.k, s.k
				y = y.T()
			}
			b.Run(fmt.Sprintf("%dx%dx%d/%s/%s", s.m, s.n, s.k, s.name, name), func(b *testing.B) {
				var ws Workspace
				for b.Loop() {
					Matmul(c, x, y, false, &ws)
				}
				b.ReportMetric(float64(b.N)*2*float64(s.m*s.n*s.k)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		of("f32", Mat(noise(s.k*s.n), s.k, s.n))
		of("bf16", NarrowMat(narrowNoise(s.k*s.n, true), s.k, s.n))
		of("f16", NarrowMat(narrowNoise(s.k*s.n, false), s.k, s.n))
	}
}

// Shapes of the nanogpt-cpu preset: 768 rows of 128 channels, 65 characters,
// 4 heads of 32.
func BenchmarkKernels(b *testing.B) {
	const rows, c, v = 768, 128, 65
	x, y, z, g := noise(rows*c), noise(rows*c), noise(rows*c), noise(rows*c)
	d1, d2 := noise(rows*c), noise(rows*c)
	gain, bias, dgain, dbias := noise(c), noise(c), noise(c), noise(c)
	mean, rstd, row := noise(rows*4), noise(rows*4), noise(rows)
	logits, dlogits, targets := noise(rows*v), noise(rows*v), make([]int32, rows)
	cos, sin := noise(64*16), noise(64*16)
	p, dp := noise(24*64*64), noise(24*64*64)
	moment := noise(rows * c)
	for i := range moment {
		moment[i] *= moment[i]
	}
	run := func(name string, elements int, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/float64(elements), "ns/element")
		})
	}
	run("Add", rows*c, func() { Add(d1, x, y) })
	run("Axpy", rows*c, func() { Axpy(d1, 1e-9, x) })
	run("Scale", rows*c, func() { Scale(d1, 0.5, x) })
	run("Dot", rows*c, func() { row[0] = Dot(x, y) })
	run("AddRow", rows*c, func() { AddRow(d1, bias) })
	run("SumRows", rows*c, func() { SumRows(dbias, y) })
	run("Exp", rows*c, func() { Exp(d1, x) })
	run("Mul", rows*c, func() { Mul(d1, x, y) })
	run("MulAdd", rows*c, func() { MulAdd(d1, x, y) })
	run("GELU", rows*c, func() { GELU(d1, d2, x) })
	run("ReLU2", rows*c, func() { ReLU2(d1, x) })
	run("ReLU2Grad", rows*c, func() { ReLU2Grad(d1, y, x) })
	run("SwiGLU", rows*c, func() { SwiGLU(d1, x, y) })
	run("SwiGLUGrad", rows*c, func() { SwiGLUGrad(d1, d2, z, x, y) })
	run("LayerNorm", rows*c, func() { LayerNorm(d1, mean[:rows], rstd[:rows], x, gain, bias, c, 1e-5) })
	run("LayerNormGrad", rows*c, func() { LayerNormGrad(d2, dgain, dbias, y, x, gain, mean[:rows], rstd[:rows], c) })
	run("RMSNorm128", rows*c, func() { RMSNorm(d1, rstd[:rows], x, gain, c, 1e-6) })
	run("RMSNorm32", rows*c, func() { RMSNorm(d1, rstd, x, gain, 32, 1e-6) })
	run("RMSNormGrad128", rows*c, func() { RMSNormGrad(d2, dgain, y, x, gain, rstd[:rows], c) })
	run("RMSNormGrad32", rows*c, func() { RMSNormGrad(d2, dgain, y, x, gain, rstd, 32) })
	run("RoPE", rows*c, func() { RoPE(d1, x, cos, sin, 64, 4, 32, 0) })
	run("RoPEGrad", rows*c, func() { RoPEGrad(d1, x, cos, sin, 64, 4, 32, 0) })
	run("CausalSoftmax", len(p)/2, func() {
		for h := range 24 {
			CausalSoftmax(Mat(p[h*4096:], 64, 64), 0.2, row)
		}
	})
	run("CausalSoftmaxGrad", len(p)/2, func() {
		for h := range 24 {
			CausalSoftmaxGrad(Mat(dp[h*4096:], 64, 64), Mat(p[h*4096:], 64, 64), 0.2)
		}
	})
	run("CrossEntropy", rows*v, func() { CrossEntropy(row, rstd, logits, targets, v) })
	run("CrossEntropyGrad", rows*v, func() { CrossEntropyGrad(dlogits, logits, rstd, targets, x[:rows], v, 1e-9) })
	step := AdamWStep{LR: 1e-9, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, WeightDecay: 0.1, Step: 10}
	run("AdamW", rows*c, func() { AdamW(z, g, d2, moment, step) })
}
