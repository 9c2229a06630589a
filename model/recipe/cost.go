package recipe

// FLOPs estimates the floating-point operations of a run that has learned from so many
// tokens and has written so many to learn from: reading a token takes a third of what
// learning from it does, writing one as much as reading it. A teacher reads what its
// student learns.
func (r Recipe) FLOPs(tokens, written int) float64 {
	reads := float64(written)
	if r.Objective == DPO || r.Objective == GRPO && r.Rewards.KL > 0 {
		reads += float64(tokens) // by the model as it began
	}
	flops := r.Model.FLOPsPerToken() * (float64(tokens) + reads/3)
	if d := r.Distillation; r.Objective == Distill && !d.Hard {
		flops += d.TeacherFLOPs * float64(tokens)
	}
	return flops
}
