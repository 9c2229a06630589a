package ui

import (
	"slices"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Distil is the station where a small new model, the student, learns what a larger one,
// its teacher, expects.
type Distil struct {
	Teaching
	Teacher string        // its id
	Size    string        // of the student, one of recipe.Sizes
	base    recipe.Recipe // of the model that comes with the page, once it was open
}

func newDistil(p *Page) *Distil {
	return &Distil{Teaching: Teaching{desk: desk{p, Place{"distill", "teach"}}}, Size: "quarter"}
}

// Stand is the run's, if it is of a student.
func (t *Distil) Stand() Stand {
	p := t.Page
	switch {
	case p.begun() && p.Model.Recipe.Objective == recipe.Distill:
		return p.runStand()
	case len(t.teachers()) == 0:
		return Stand{p.W.Say("distill_needs"), "blocked"}
	}
	return Stand{Says: p.W.Say("can_try")}
}

// Apply keeps the draft one for the teacher.
func (t *Distil) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready, *protocol.Shelf:
		t.follow()
	case *protocol.Model:
		if t.looking = false; e.ModelID == protocol.Base {
			t.base = e.Recipe
		}
		t.follow()
	}
	if t.arrived(e) {
		t.Train()
	}
}

// follow fits the draft to the teacher, the first there is where the chosen one is gone.
// What was typed stays.
func (t *Distil) follow() {
	if list := t.teachers(); !slices.Contains(list, t.Teacher) && len(list) > 0 {
		t.Teacher = list[0]
	}
	if t.Draft.Fields == nil {
		t.Draft = NewDraft(t.student())
	}
	t.Draft.Base = t.student()
}

// teachers are the ids of models that a student can learn from.
func (t *Distil) teachers() (list []string) {
	p := t.Page
	if p.Ready.Base {
		list = append(list, protocol.Base)
	}
	if m := p.Model; m != nil && m.ModelID == "" && p.Shelf.Keeps != "" && !p.Active() {
		list = append(list, "")
	}
	for _, c := range p.Shelf.Cards {
		if readable(c) && !c.Elsewhere && c.Step > 0 || readable(c) && c.Method == imported {
			list = append(list, c.ID)
		}
	}
	return list
}

// teacherName is a teacher for people.
func (t *Distil) teacherName(id string) string {
	p := t.Page
	switch c := p.cardOf(id); {
	case id == protocol.Base:
		return p.W.Say("base_name")
	case c != nil:
		return c.Name
	case p.Model != nil && p.Model.ModelID == id:
		return p.modelName()
	}
	return id
}

// taught is the teacher's recipe; of the page's own model before it was open, what is
// known of it.
func (t *Distil) taught() recipe.Recipe {
	p := t.Page
	if m := p.Model; m != nil && m.ModelID == t.Teacher && m.Recipe.Model.Heads > 0 {
		return m.Recipe
	}
	if c := p.cardOf(t.Teacher); c != nil && c.Recipe.Model.Heads > 0 {
		return c.Recipe
	}
	if t.base.Model.Vocab > 0 {
		return t.base
	}
	r := recipe.Base()
	r.Model.Vocab = r.VocabSize
	return r
}

// student is the recipe of a student of the size that is chosen.
func (t *Distil) student() recipe.Recipe { return recipe.Student(t.taught(), t.Teacher, t.Size) }

// ChooseTeacher and ChooseSize begin the draft anew.
func (t *Distil) ChooseTeacher(id string) {
	t.Teacher = id
	t.anew()
}
func (t *Distil) ChooseSize(size string) {
	t.Size = size
	t.anew()
}

func (t *Distil) anew() {
	t.solve()
	t.Draft = NewDraft(t.student())
}

// sizeName names a size, sizeSays is how large that is.
func (t *Distil) sizeName(size string) string {
	w := t.Page.W
	return map[string]string{"half": w.Say("distill_half"), "quarter": w.Say("distill_quarter"), "eighth": w.Say("distill_eighth")}[size]
}

func (t *Distil) sizeSays(size string) string {
	of := t.taught()
	return t.Page.W.StudentSize(recipe.Student(of, t.Teacher, size).Model.Parameters(), of.Model.Parameters())
}

func (t *Distil) sizeLine(size string) string {
	return t.Page.W.Say("preset_line", "name", t.sizeName(size), "about", t.sizeSays(size))
}

func (t *Distil) canTrain() bool { return t.Teaching.canTrain() && len(t.teachers()) > 0 }

func (t *Distil) trains() string {
	p := t.Page
	if len(t.teachers()) == 0 {
		return p.W.Say("distill_no_teacher")
	}
	text := of[*Text](p).name()
	if t.waits {
		return p.W.Say("trains_soon", "text", text)
	}
	r, _ := t.Draft.Recipe(p.W)
	return p.W.Say("distill_trains", "weights", r.Model.Parameters(), "teacher", t.teacherName(t.Teacher), "text", text)
}

// Train begins a student.
func (t *Distil) Train() {
	if t.canTrain() {
		t.begin(t.name())
	}
}

func (t *Distil) name() string {
	p := t.Page
	short := t.teacherName(t.Teacher)
	if t.Teacher == protocol.Base {
		short = p.W.Say("base_short")
	}
	return p.fresh(p.W.Say("distill_name", "teacher", short))
}

// The twin.

// other is the card of the model that differs from the open one only in having learned
// from the teacher, or without; nil for none.
func (t *Distil) other() *protocol.Card {
	m := t.Page.Model
	if m == nil || m.Recipe.Objective != recipe.Distill {
		return nil
	}
	want := m.Recipe
	want.Distillation.Hard = !want.Distillation.Hard
	for i := range t.Page.Shelf.Cards {
		c := &t.Page.Shelf.Cards[i]
		is := c.Recipe
		is.Distillation.TeacherFLOPs = want.Distillation.TeacherFLOPs
		if is == want && c.Text == m.Text && canCompare(*c) && c.ID != m.ModelID {
			return c
		}
	}
	return nil
}

// canTwin tells whether the open model is a student whose twin can be trained: on the
// same text, which is there.
func (t *Distil) canTwin() bool {
	p := t.Page
	m := p.Model
	return t.mine() && !p.Active() && !m.Recipe.Distillation.Hard && p.Text != nil && p.Text.Name == m.Text && t.other() == nil
}

// TrainTwin trains it.
func (t *Distil) TrainTwin() {
	p := t.Page
	if !t.canTwin() {
		return
	}
	r := p.Model.Recipe
	r.Distillation.Hard, r.Distillation.TeacherFLOPs = true, 0
	p.solve(RunStrip)
	t.ask(&protocol.Train{Recipe: r, Ranks: p.Workers, Backend: p.Backend, Name: p.fresh(p.W.Say("distill_twin_name", "name", p.modelName()))})
}

// LayBeside lays the student and its twin side by side.
func (t *Distil) LayBeside() {
	c, own := t.other(), t.Page.Model.ModelID
	if c == nil {
		return
	}
	m := of[*Models](t.Page)
	m.Compared = []string{own, c.ID}
	if t.Page.Model.Recipe.Distillation.Hard {
		slices.Reverse(m.Compared)
	}
	t.Page.visit("models")
	m.ShowSides(true)
	t.Page.Host.Focus("compare-title")
}

// verdict says what the teacher brought, "" where that is not known.
func (t *Distil) verdict() string {
	p, c := t.Page, t.other()
	own, taken := p.latest(recipe.ValLoss)
	if c == nil || !taken || p.Active() || c.ValLoss == 0 || c.Step < c.Steps {
		return ""
	}
	better := c.ValLoss - own
	if p.Model.Recipe.Distillation.Hard {
		better = -better
	}
	switch n := p.W.Loss(max(better, -better)); {
	case n == p.W.Loss(0):
		return p.W.Say("distill_same")
	case better > 0:
		return p.W.Say("distill_better", "n", n)
	default:
		return p.W.Say("distill_worse", "n", n)
	}
}

// Picture is the student's loss with its teacher's, and its twin's as a ghost.
func (t *Distil) Picture() Picture {
	p := t.Page
	if !t.mine() {
		return t.Teaching.Picture()
	}
	m, steps := p.Model, p.Model.Recipe.Steps
	names := []string{p.W.Say("distill_student_curve"), p.W.Say("distill_twin_curve")}
	if m.Recipe.Distillation.Hard {
		slices.Reverse(names)
	}
	own := Series{Name: names[0], Colour: "--verdigris", Style: "dots"}
	teacher := Series{Name: p.W.Say("distill_teacher_curve"), Colour: "--ochre", Style: "rule"}
	for _, e := range p.Evals {
		own.add(e, recipe.ValLoss)
		teacher.add(e, recipe.TeacherLoss)
	}
	series := []Series{own}
	if n := len(teacher.Values); n > 0 {
		last := teacher.Values[n-1]
		teacher.Steps, teacher.Values = []int{0, steps}, []float64{last, last}
		series = append(series, teacher)
	}
	if c := t.other(); c != nil {
		ghost := Series{Name: names[1], Colour: "--verdigris", Style: "ghost"}
		for i, loss := range c.Curve {
			ghost.Steps, ghost.Values = append(ghost.Steps, c.Step*i/(len(c.Curve)-1)), append(ghost.Values, loss)
		}
		series = append(series, ghost)
	}
	return Picture{Series: append(series, t.rule(steps)...), Steps: steps, Log: t.LogScale}
}

// Keep writes down the teacher, the size and what was typed.
func (t *Distil) Keep(x Experiment) {
	key := "distill.teacher"
	if t.Teacher != protocol.Base {
		key = here + key
	}
	x.put(key, t.Teacher)
	x.put("distill.size", t.Size)
	t.keep(x)
}

// Restore takes them over; a teacher that is not there yet may come with the shelf.
func (t *Distil) Restore(x Experiment) {
	for _, key := range []string{"distill.teacher", here + "distill.teacher"} {
		if id, is := x.take(key); is && !strings.ContainsAny(id, " /") {
			t.Teacher = id
		}
	}
	if size, is := x.take("distill.size", recipe.Sizes...); is {
		t.Size = size
	}
	t.anew()
	t.restore(x)
}
