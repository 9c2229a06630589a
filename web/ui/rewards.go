package ui

import (
	"cmp"
	"slices"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Rewards is the station where a model tries, and what was rewarded gets
// likelier: a new model by the recipe of a lab, or the open one.
type Rewards struct {
	further
	Lab   string // the preset of the lab that is chosen, "" for the open model
	Guess string // what a person says that right answers will do, one of guesses; "" before that

	checked *protocol.Checked // what the text holds as tasks of one's own; nil: not known
}

func newRewards(p *Page) *Rewards {
	return &Rewards{further: further{Teaching: Teaching{desk: desk{p, Place{"rewards", "teach"}}}, objective: recipe.GRPO}}
}

// Stand says how its run stands, or which experiment is chosen.
func (t *Rewards) Stand() Stand {
	switch p := t.Page; {
	case p.begun() && p.rewarded():
		return p.runStand()
	case t.Lab != "":
		return Stand{Says: p.W.Preset(t.Lab)}
	case p.Model == nil:
		return Stand{p.W.Say("needs_model"), "blocked"}
	}
	return Stand{Says: t.Page.W.Say("can_try")}
}

// Apply begins with the first lab, and follows the open model.
func (t *Rewards) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready:
		t.welcome(e)
	case *protocol.Checked:
		t.checked = e
	case *protocol.Text:
		t.checked = nil
		t.check()
	case *protocol.Model:
		t.looking = false
		switch m := e; {
		case t.Page.Run.State == "preparing":
		case m.From == "" && t.Page.rewarded() && t.lab(m.Recipe.Preset).Preset != "":
			t.Lab, t.Draft = m.Recipe.Preset, NewDraft(m.Recipe)
		case t.Lab == "":
			t.Draft = NewDraft(t.fineTune(t.Method()))
		}
	}
}

func (t *Rewards) welcome(e *protocol.Ready) {
	if t.verifier == "" && len(e.Verifiers) > 0 {
		t.verifier = e.Verifiers[0]
	}
	if t.task == "" && len(e.Tasks) > 0 {
		t.task = firstTask
		if !slices.Contains(e.Tasks, firstTask) {
			t.task = e.Tasks[0]
		}
	}
	if t.Draft.Base.Objective == "" {
		lab := ""
		if len(e.Labs) > 0 {
			lab = e.Labs[0].Preset
		}
		t.ChooseLab(lab)
	}
}

// mine tells whether the open model is of the experiment that is chosen, so that
// its run stands here.
func (t *Rewards) mine() bool {
	switch m := t.Page.Model; {
	case m == nil || !t.Page.rewarded():
		return false
	case m.From == "" && t.lab(m.Recipe.Preset).Preset != "":
		return t.Lab == m.Recipe.Preset
	}
	return t.Lab == ""
}

// ownTasks names tasks of one's own where the choice is written down.
const ownTasks = "own"

// firstTask is the one to begin with.
const firstTask = "parity"

// labs are the experiments: the trainer's, and to teach the open model.
func (t *Rewards) labs() (names []string) {
	for _, r := range t.Page.Ready.Labs {
		names = append(names, r.Preset)
	}
	return append(names, "")
}

// lab is the recipe of the lab called name.
func (t *Rewards) lab(name string) recipe.Recipe {
	for _, r := range t.Page.Ready.Labs {
		if name != "" && r.Preset == name {
			return r
		}
	}
	return recipe.Recipe{}
}

func (t *Rewards) labName(name string) string {
	if name == "" {
		return t.Page.W.Say("rewards_open")
	}
	return t.Page.W.Preset(name)
}

func (t *Rewards) labAbout(name string) string {
	if name == "" {
		return t.Page.W.Say("rewards_open_about")
	}
	return t.Page.W.PresetAbout(name)
}

// ChooseLab begins the draft of an experiment.
func (t *Rewards) ChooseLab(name string) {
	t.solve()
	t.Lab, t.Guess = name, ""
	if name == "" {
		t.ChooseMethod(recipe.Full)
		return
	}
	t.Draft = NewDraft(t.lab(name))
}

// ChooseTask chooses what the open model is to learn.
func (t *Rewards) ChooseTask(name string) {
	t.task = name
	t.ChooseMethod(t.Method())
	t.check()
}

// Keep writes down the experiment and what was typed.
func (t *Rewards) Keep(x Experiment) {
	x.put(t.place.ID+".lab", t.labKey())
	if t.Lab != "" {
		t.keep(x)
		return
	}
	x.put(t.place.ID+".task", cmp.Or(t.task, ownTasks))
	x.put(t.place.ID+".verifier", t.verifier)
	t.keepMethod(x)
}

// labKey names the experiment where it is written down.
func (t *Rewards) labKey() string {
	if t.Lab == "" && t.Draft.Tuning() {
		return "open"
	}
	return t.Lab
}

// Restore takes them over.
func (t *Rewards) Restore(x Experiment) {
	var names []string
	for _, name := range t.labs() {
		if name == "" {
			name = "open"
		}
		names = append(names, name)
	}
	if lab, is := x.take(t.place.ID+".lab", names...); is {
		if lab == "open" {
			lab = ""
		}
		t.ChooseLab(lab)
	}
	if task, is := x.take(t.place.ID+".task", append([]string{ownTasks}, t.Page.Ready.Tasks...)...); is {
		if t.task = task; task == ownTasks {
			t.task = ""
		}
	}
	if name, is := x.take(t.place.ID+".verifier", t.Page.Ready.Verifiers...); is {
		t.verifier = name
	}
	t.restoreMethod(x)
}

// What the red button begins.

func (t *Rewards) canTrain() bool {
	return !t.Page.Active() && !t.blocked() && (t.Lab != "" || t.task != "" || t.checked != nil)
}

// Train begins; what is learned from is a task that comes with Hornbook, so that
// no text is waited for.
func (t *Rewards) Train() {
	if !t.canTrain() {
		return
	}
	r, wrong := t.Recipe()
	if wrong != nil {
		t.fail(wrong)
		return
	}
	t.Page.solve(RunStrip)
	t.ask(&protocol.Train{Recipe: r, Ranks: t.Page.Workers, Backend: t.Page.Backend, Name: t.name()})
}

func (t *Rewards) name() string {
	p := t.Page
	if t.Lab == "" && p.Model != nil {
		return p.fresh(p.shortName() + lineageMark + t.taskName())
	}
	return p.fresh(p.W.Preset(t.Lab))
}

func (t *Rewards) trains() string {
	p, r := t.Page, t.Draft.Base
	if now, wrong := t.Recipe(); wrong == nil {
		r = now
	}
	w := r.Rewards
	who := p.W.Say("rewards_new_model")
	if t.Lab == "" && p.Model != nil {
		who = p.W.Say("rewards_this_model", "model", p.modelName())
	}
	says := p.W.Say("rewards_trains", "who", who, "tries", p.W.Count((r.Steps-w.WarmUp)*w.Prompts*w.Group/max(1, w.Updates)))
	if w.WarmUp > 0 {
		says = p.W.Say("rewards_trains_shown", "who", who, "shown", p.W.Count(w.WarmUp), "tries", p.W.Count((r.Steps-w.WarmUp)*w.Prompts*w.Group/max(1, w.Updates)))
	}
	if t.Lab != "" && len(t.Draft.Fields) == 0 {
		says += " " + p.W.Say("rewards_takes")
	}
	return says
}

// reward is the recipe to teach the open model the task.
func (t *further) reward(from recipe.Recipe, method string, _ int) recipe.Recipe {
	r := recipe.Reward(from, method, t.task)
	if t.task == "" {
		r.Rewards.Verifier = t.verifier
	}
	return r
}

// aboutTask says what is asked, "" where there are no words for it.
func (t *Rewards) aboutTask() string { return t.Page.W.TaskAbout(t.Draft.Base.Rewards.Task) }
