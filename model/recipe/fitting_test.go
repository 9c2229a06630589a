package recipe

import "testing"

// What is proposed fits, is less than what was asked for, and no more is given up than
// there must be; a vocabulary as large as Gemma 3's is a question of memory too.
func TestFitting(t *testing.T) {
	all, _ := BySize("smollm2-135m")
	all.SetMethod(Full)
	all.Batch, all.Model.Context, all.Model.Vocab = 4, 2048, 262_145
	if err := all.Check(); err != nil {
		t.Fatal(err)
	}
	fresh := all
	fresh.SetMethod(Pretrain)
	learned := all
	learned.Model.Position = "learned"
	for _, c := range []struct {
		name string
		r    Recipe
		gib  float64
		want Less
		fits bool
	}{
		{"as it is", all, 100, Less{}, true},
		{"rows", all, 9, Less{Context: 256}, true},
		{"an adapter", all, 3.4, Less{Context: 256, Trains: Adapter}, true},
		{"nothing", all, 0.5, Less{}, false},
		{"a new model has no adapter", fresh, 3.4, Less{}, false},
		{"learned positions are all there", learned, 3.4, Less{}, false},
	} {
		got, fits := c.r.Fitting(c.gib * (1 << 30))
		if got != c.want || fits != c.fits {
			t.Errorf("%s: of %.1f GiB %.1f would do: %+v %v, want %+v %v", c.name, c.r.Bytes()/(1<<30), c.gib, got, fits, c.want, c.fits)
		}
	}
}

// Rows are divided among passes where one would take too much, and only there.
func TestRowsAtOnce(t *testing.T) {
	for _, r := range Presets() {
		r.Model.Vocab = 1024
		if n := r.RowsAtOnce(); n != r.Batch {
			t.Errorf("%s learns from %d rows at once, of %d", r.Preset, n, r.Batch)
		}
	}
	large, _ := BySize("smollm2-135m")
	large.Batch = 8
	if n := large.RowsAtOnce(); n != 1 {
		t.Errorf("a large model learns from %d rows at once", n)
	}
}
