package ui

import (
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

func distil(p *Page) *Distil { return of[*Distil](p) }

// A student is a part of its teacher, with the teacher's tokenizer, whatever the text is
// cut by; numbers can be changed.
func TestDistil(t *testing.T) {
	p, h := welcomed()
	d := distil(p)
	p.Apply(&protocol.Tokenizer{Kind: "chars", Size: 40, Tokens: 5000, BytesPerToken: 1})
	if d.Teacher != protocol.Base {
		t.Fatalf("the teacher is %q", d.Teacher)
	}
	html := drawAt(t, p, "distill")
	has(t, html, "A quarter", "This page’s own model", "a new model of", `id="n-muon_rate"`)
	d.ChooseSize("eighth")
	d.More = true
	has(t, drawAt(t, p, "distill"), `id="n-gkd_beta"`, `id="n-lambda"`, `id="n-distill_temperature"`)
	d.Set("gkd_beta", "0.5")
	d.Set("lambda", "2")
	d.Train()
	if problem := d.Problem(); problem == nil || problem.Key != "lambda" {
		t.Errorf("a part of 2 is %+v", problem)
	}
	d.Set("lambda", "0.25")
	d.Train()
	c := last[*protocol.Train](t, h)
	want := recipe.Student(p.Model.Recipe, protocol.Base, "eighth")
	want.Distillation.Beta, want.Distillation.Lambda = .5, .25
	if c.Recipe != want || c.Name != "student of base" {
		t.Errorf("it sends %+v as %q, want %+v", c.Recipe, c.Name, want)
	}
}

// student is a page whose student is done, and its recipe.
func studied(t *testing.T) (*Page, *paper, recipe.Recipe) {
	t.Helper()
	p, h := welcomed()
	p.Apply(&protocol.Text{Source: "sample", Name: "village"})
	r := recipe.Student(p.Model.Recipe, protocol.Base, "quarter")
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{ModelID: "s", Name: "student of base", Recipe: r, Text: "village", Teacher: "base"})
	p.Apply(&protocol.State{State: "training"})
	for i, loss := range []float64{7, 1} {
		m := recipe.Measurement{Step: i * 300, Measures: measures(recipe.ValLoss, loss, recipe.TeacherLoss, .5, recipe.Agreement, .5)}
		p.Apply(protocol.NewEval(m))
	}
	p.Apply(&protocol.Step{Step: 300, Steps: 300})
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	return p, h, r
}

// Its twin, which learns without the teacher, is trained by one press; then the two are
// compared, drawn together, and laid side by side.
func TestTwin(t *testing.T) {
	p, h, r := studied(t)
	has(t, drawAt(t, p, "distill"), `id="twin"`, "How wrong the student is")
	if picture := distil(p).Picture(); picture.Series[0].Name != "Student" || picture.Series[1].Values[1] != .5 {
		t.Errorf("the picture is %+v", picture)
	}
	if html := drawAt(t, p, "pretrain"); strings.Contains(html, english.Say("loss_title")) {
		t.Error("its curve stands where new models learn the text")
	}
	distil(p).TrainTwin()
	twin := last[*protocol.Train](t, h)
	want := r
	want.Distillation.Hard = true
	if twin.Recipe != want || twin.Name != "student of base, its twin" {
		t.Errorf("the twin is %+v, called %q", twin.Recipe, twin.Name)
	}
	card := protocol.Card{ID: "t", Name: "twin", State: "done", Text: "village", Recipe: want, Step: 300, Steps: 300, ValLoss: 1.2, Curve: []float64{7, 3, 1.2},
		Outcome: came("t", recipe.Distill, recipe.Pretrain, measures(recipe.ValLoss, 7.), measures(recipe.ValLoss, 1.2))}
	own := card
	own.ID, own.Outcome.ModelID, own.Recipe, own.ValLoss = "s", "s", r, 1
	p.Apply(&protocol.Shelf{Cards: []protocol.Card{card, own}, Open: "s"})
	html := drawAt(t, p, "distill")
	has(t, html, "0.20 nats better than its twin")
	if strings.Contains(html, `id="twin"`) {
		t.Error("a twin that is there can be trained")
	}
	if ghost := distil(p).Picture().Series[2]; ghost.Name != "Its twin" || ghost.Steps[1] != 150 || ghost.Values[2] != 1.2 {
		t.Errorf("its twin is drawn as %+v", ghost)
	}
	distil(p).LayBeside()
	if m := shelf(p); len(m.laid()) != 2 || m.laid()[0].ID != "s" {
		t.Errorf("it lays %v", m.Compared)
	}
	card.Text = "opticks"
	p.Apply(&protocol.Shelf{Cards: []protocol.Card{card, own}, Open: "s"})
	if distil(p).verdict() != "" {
		t.Error("what learned another text is its twin")
	}
}

// Teacher and size travel with the page's address; a teacher of this device only stays.
func TestDistilExperiment(t *testing.T) {
	p, _ := welcomed()
	distil(p).ChooseSize("half")
	distil(p).Set("steps", "44")
	q, _ := welcomed()
	q.restore(p.Experiment())
	if d := distil(q); d.Size != "half" || d.Draft.Fields["steps"] != "44" || d.Teacher != protocol.Base {
		t.Errorf("it is set up as %q of %q with %v", d.Size, d.Teacher, d.Draft.Fields)
	}
	list := cards()[:2]
	p.Apply(&protocol.Shelf{Cards: list})
	distil(p).ChooseTeacher("a")
	if x := p.shared(); x["distill.teacher"] != "" || x["distill.size"] != "half" {
		t.Errorf("others get %v", x)
	}
	if x := p.Experiment(); x["here.distill.teacher"] != "a" {
		t.Errorf("here it is %v", x)
	}
}

// Without any model there is no teacher.
func TestNoTeacher(t *testing.T) {
	p, h := opened()
	has(t, drawAt(t, p, "distill"), english.Say("distill_no_teacher"))
	sent := len(h.sent)
	if distil(p).Train(); len(h.sent) != sent || distil(p).Stand().How != "blocked" {
		t.Error("a student without a teacher trains")
	}
}
