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
