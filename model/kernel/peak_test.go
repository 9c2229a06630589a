package kernel

import "testing"

func TestMultiplyAdds(t *testing.T) {
	if n := MultiplyAdds(10); n%(10*48*2) != 0 || n == 0 {
		t.Errorf("%d operations", n)
	}
}

func BenchmarkPeak(b *testing.B) {
	n := 0
	for b.Loop() {
		n += MultiplyAdds(1000)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
