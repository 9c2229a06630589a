package train

import (
	"math/rand/v2"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// distill (generalized knowledge distillation, Agarwal et al. 2023) learns what a
// teacher expects at each place: of a text, the same that its twin learns the tokens
// of, or, in some steps, of the student's own writing.
func distill(r recipe.Recipe, d Data) (plan, error) {
	p, err := lm(r, d)
	if err != nil || r.Distillation.Hard {
		return p, err
	}
	w := r.Distillation
	p.rule = &rule{unit: 1, temperature: w.Temperature}
	train := p.batches
	p.give = func(r *Run) ([]lesson, bool) {
		for ; r.drawn <= r.Done; r.drawn++ {
			r.batch = train.Next()
		}
		rows := rowsOf(r.batch, r.Recipe.Model.Context)
		if rand.New(rand.NewPCG(r.Recipe.Seed, 0xD15<<32+uint64(r.Done))).Float64() < w.Lambda {
			return r.own(rows)
		}
		return even(rows), true
	}
	goOn := p.exam
	p.exam = func(r *Run, m *recipe.Measurement, between func() bool) bool {
		return r.agree(m, between) && goOn(r, m, between)
	}
	return p, nil
}

// rowsOf are the rows of a batch, each with the token after its last.
func rowsOf(b data.Batch, time int) (rows []data.Sequence) {
	for at := 0; at < len(b.IDs); at += time {
		ids := append(b.IDs[at:at+1:at+1], b.Targets[at:at+time]...)
		rows = append(rows, data.Sequence{IDs: ids, Prompt: 1})
	}
	return rows
}

// even are lessons in which every learned token counts alike.
func even(rows []data.Sequence) (list []lesson) {
	tokens := 0
	for _, s := range rows {
		tokens += s.Learned()
	}
	for _, s := range rows {
		list = append(list, lesson{Sequence: s, each: float32(1 / float64(tokens))})
	}
	return list
}

// own lets the student go on from the first quarter of rows, and makes lessons of what
// it writes.
func (r *Run) own(rows []data.Sequence) (lessons []lesson, whole bool) {
	time := r.Recipe.Model.Context
	var prompts []model.Prompt
	for i, row := range rows {
		prompts = append(prompts, model.Prompt{IDs: row.IDs[:max(1, time/4)], Seeds: []uint64{key(r.Recipe.Seed, r.Done, i, 0)}})
	}
	whole = true
	rule := model.Rule{Sampling: model.Sampling{Temperature: 1}, Tokens: time + 1 - max(1, time/4)}
	written := r.Write(prompts, rule, func() bool { whole = r.between(); return whole })
	if !whole {
		return nil, false
	}
	for i, p := range prompts {
		ids := append(p.IDs[:len(p.IDs):len(p.IDs)], written[i]...)
		rows[i] = data.Sequence{IDs: ids, Prompt: len(p.IDs)}
		r.written += len(written[i])
	}
	return even(rows), true
}

// Places among the sums of distillation, of tokens but the first.
const sumAgreed = sumTokens + 1

// imitate is learnFrom for a student.
func (p *replica) imitate(list []lesson, in packed, learns bool) (all sums) {
	t, w := p.tape, p.Recipe.Distillation
	t.Reset(learns)
	teacher := cooled(t, p.frozen.forward(t, in), w.Temperature)
	student := cooled(t, p.Model.Forward(in.pass(t)), w.Temperature)
	d := t.Divergence(student, teacher, float32(w.Beta))
	weights := make([]float32, len(in.ids))
	for i, part := range in.learned(list, weights) {
		for j := range part {
			part[j] = list[i].each
		}
		all[sumTokens] += float64(len(part))
	}
	loss := t.Weigh(d, weights)
	all[sumLoss] = float64(loss.Number())
	if learns {
		t.Accumulate(loss, p.Model.Trained)
		return all
	}
	all[sumAgreed] = float64(agreed(student, teacher))
	return all
}

// agreed counts the rows in which the same token is the likeliest for both.
func agreed(student, teacher *tensor.Tensor) (n int) {
	s, t, v := student.Numbers(), teacher.Numbers(), student.Cols()
	for at := 0; at < len(s); at += v {
		if model.Likeliest(s[at:at+v]) == model.Likeliest(t[at:at+v]) {
			n++
		}
	}
	return n
}

// agree compares the student with its teacher on the validation text.
func (r *Run) agree(m *recipe.Measurement, between func() bool) (whole bool) {
	n := r.Recipe.EvalBatches
	val := r.plan.sets[1].batches
	val.Seed(evalSeed)
	var all sums
	var teacher float64
	for range n {
		rows := even(rowsOf(val.Next(), r.Recipe.Model.Context))
		part, whole := r.read(rows, between)
		if !whole {
			return false
		}
		all.add(part)
		in := pack(rows)
		r.tape.Reset(false)
		losses := r.tape.TokenLoss(r.frozen.forward(r.tape, in), in.targets).Numbers()
		teacher += total(losses) / float64(len(losses)*n)
	}
	m.Measures = append(m.Measures, recipe.Measure{Name: recipe.TeacherLoss, Value: teacher}, recipe.Measure{Name: recipe.Divergence, Value: all[sumLoss] / float64(n)},
		recipe.Measure{Name: recipe.Agreement, Value: all[sumAgreed] / all[sumTokens]})
	return true
}
