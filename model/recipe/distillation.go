package recipe

// Distillation is what a recipe says besides whose model, the student, learns what
// another, its teacher, expects next: generalized knowledge distillation (GKD,
// Agarwal et al. 2023).
type Distillation struct {
	Teacher      string  `json:"teacher"`                // a model's id
	Beta         float64 `json:"gkd_beta"`               // of the divergence: 0 the student covers all that the teacher may say, 1 it says only what the teacher would
	Lambda       float64 `json:"lambda"`                 // λ: part of the steps that are on the student's own writing
	Temperature  float64 `json:"distill_temperature"`    // that both models' logits are divided by
	TeacherFLOPs float64 `json:"teacher_flops,omitzero"` // operations in which the teacher reads a token; 0 where it is not known
	Hard         bool    `json:"hard"`                   // the twin: the same steps on the text's own tokens, without the teacher
}

func (d Distillation) numbers() map[string]float64 {
	return map[string]float64{"gkd_beta": d.Beta, "lambda": d.Lambda, "distill_temperature": d.Temperature}
}

// Distilled is r for a new model that learns from a teacher.
func Distilled(r Recipe, teacher string) Recipe {
	r.Objective = Distill
	r.Distillation = Distillation{Teacher: teacher, Beta: 0, Lambda: 0, Temperature: 1}
	return r
}

// Sizes are those of students, by name: the part of the teacher's blocks, heads and
// widths that a student has. Of its weights that is about a half, a quarter and an
// eighth.
var Sizes = []string{"half", "quarter", "eighth"}

var parts = map[string]float64{"half": 0.8, "quarter": 0.6, "eighth": 0.4}

// Student is the recipe of a student of a size for a teacher that of describes, which
// is called by this id. Its numbers suit a minute or two (LOG.md).
func Student(of Recipe, teacher, size string) Recipe {
	r := stories()
	r.Preset, r.Tokenizer, r.VocabSize = "student", of.Tokenizer, of.VocabSize
	r.Model = of.Model.shrunk(parts[size])
	if r.Model.Tied { // a head of zeros would be an embedding of zeros
		r.Init = "gpt2"
	}
	r.Model.Context = min(of.Model.Context, 128)
	r.Batch = max(1, min(64, 1024/r.Model.Context))
	r.Steps, r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 300, 30, 4, 20, 60
	r.LearningRate, r.MuonRate = 6e-3, 0.035
	return Distilled(r, teacher)
}

// shrunk is a shape of the same form that has a part of m's blocks, heads and widths.
func (m Model) shrunk(part float64) Model {
	some := func(n int) int { return max(1, int(part*float64(n)+0.5)) }
	size, grouped := m.HeadSize(), m.Heads/m.KVHeads
	m.Layers = some(m.Layers)
	m.KVHeads = some(m.KVHeads)
	m.Heads = m.KVHeads * grouped
	if m.HeadDim > 0 {
		m.Channels = max(8, some(m.Channels)/8*8)
	} else {
		m.Channels = m.Heads * size
	}
	m.Hidden = max(8, some(m.Hidden)/8*8)
	m.Trigrams = some(m.Trigrams) * min(1, m.Trigrams)
	return m
}
