package recipe

import "testing"

// Students of all sizes can be trained, are as much smaller as their size says, and
// keep their teacher's tokenizer.
func TestStudent(t *testing.T) {
	teachers := append(Presets(), Base())
	grouped := Base()
	grouped.Model.Heads, grouped.Model.KVHeads, grouped.Model.HeadDim = 8, 2, 32
	one := Base()
	one.Model.Heads, one.Model.KVHeads, one.Model.Channels, one.Model.Layers = 1, 1, 32, 1
	for _, of := range append(teachers, grouped, one) {
		of.Model.Vocab = 1040
		for _, size := range Sizes {
			r := Student(of, "a", size)
			if err := r.Check(); err != nil {
				t.Errorf("%s of %s: %v", size, of.Preset, err)
			}
			if r.Tokenizer != of.Tokenizer || r.Model.Vocab != of.Model.Vocab || r.Distillation.Teacher != "a" || r.From != New || r.Model.Parameters() > of.Model.Parameters() {
				t.Errorf("%s of %s: %+v", size, of.Preset, r)
			}
		}
	}
	base := Base()
	base.Model.Vocab = 1040
	for size, part := range map[string][2]float64{"half": {.4, .6}, "quarter": {.2, .3}, "eighth": {.1, .15}} {
		if is := float64(Student(base, "base", size).Model.Parameters()) / float64(base.Model.Parameters()); is < part[0] || is > part[1] {
			t.Errorf("%s has %v of the weights", size, is)
		}
	}
}
