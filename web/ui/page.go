package ui

import (
	"time"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Page is what the stations share: the State, the words, the browser, and what
// a person does beside any station. Its methods are the handlers of the
// components that are always in sight.
type Page struct {
	State
	Host     Host
	W        *wording.Words
	Stations []Station
	Open     string // id of the station that is open
	Offline  Offline
	Workers  int    // that are to train, 0 for as many as help
	Backend  string // what is to take the steps, one of backends

	AllAnswers bool           // all that a model said before and after is shown
	Unfolded   bool           // what there is to know of the open model is shown
	offer      *protocol.Card // the run that the page offers to go on with
	offered    bool           // that was done, once
	resuming   int            // id of the Open after which the run goes on, 0 for none
	asked      Asked          // what stands in the page's address, until it is answered
	copied     string         // the link that was copied last
	linked     bool           // the page's own is shown
	Server     Server         // that keeps what is shared
	met        bool           // it was asked whether it does
	Sharing    *Sharing
	Came       *Came          // what somebody shares by the link that was opened; nil for nothing
	before     Experiment     // of the last visit, until the trainer is ready; nil for none
	textWaits  bool           // the first text is still to be asked for, when a station needs one
	opens      string         // id of the model that the page begins with, "" for none
	opening    int            // id of the Open of that
	requests   int            // ids of requests so far
	asker      map[int]string // the stations that asked them, where one did
	spoken     time.Time      // when a screen reader was last told the step
}

// RunStrip is the place of problems that belong to the run and no station.
const RunStrip = "run"

// sayEvery is the least time between two steps that are read aloud.
const sayEvery = 10 * time.Second

// NewPage returns a page that waits for the trainer's Ready, in a language of
// wording.Languages.
func NewPage(h Host, language string) *Page {
	p := &Page{Host: h, W: wording.New(language), asker: map[int]string{}, Open: "try",
		State: State{Run: protocol.State{State: "idle"}, Problems: map[string]*protocol.Problem{}, Outcomes: map[string]*protocol.Outcome{}}}
	p.Sharing = &Sharing{page: p}
	p.Stations = stations(p)
	return p
}

// ChooseLanguage lets the page speak another language.
func (p *Page) ChooseLanguage(language string) {
	p.W = wording.New(language)
	p.Host.Speak(language, p.W.Say("title"), p.W.RightToLeft())
	if t := of[*Learn](p); t.language != "" {
		t.fetch()
	}
	of[*Inside](p).speaks()
}

// Usable tells whether the open station can be used: where it is about a text,
// that is there, else the model has said what it expects next; or a message says
// why not.
func (p *Page) Usable() bool {
	return p.Tokenizer != nil || len(p.Problems) > 0 || p.Ready.Base && !p.aboutText() && of[*Try](p).Prediction != nil
}

// Apply takes over an event and asks for what follows from it.
func (p *Page) Apply(e protocol.Event) {
	problem, is := e.(*protocol.Problem)
	known := is && p.fail(problem)
	p.State.Apply(e)
	for _, s := range p.Stations {
		s.Apply(e)
	}
	p.applyShared(e)
	p.Sharing.apply(e)
	of[*Learn](p).follow()
	if is && !known && problem.Code != protocol.Cancelled {
		p.Host.Say(p.W.Problem(problem))
	}
}

// applyShared does what follows from an event beside any station.
func (p *Page) applyShared(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Ready:
		p.welcome(e)
	case *protocol.Text:
		p.textWaits = false
	case *protocol.State:
		p.follow(e)
	case *protocol.Shelf:
		p.offerToGoOn()
	case *protocol.Saved:
		for place, problem := range p.Problems {
			if unsaved(problem) {
				p.solve(place)
			}
		}
	case *protocol.Model:
		if p.Run.State == "preparing" {
			p.offer = nil
		} else {
			p.Host.Say(p.W.Say("opened", "name", p.modelName()))
		}
	case *protocol.Step:
		p.saySteps(e)
	case *protocol.Problem:
		p.giveUp(e)
	}
}

// follow takes over what the run is doing.
func (p *Page) follow(e *protocol.State) {
	if e.State != "idle" {
		p.Host.Say(p.W.RunState(e.State))
	}
	if e.State == "training" && !unsaved(p.Problems[RunStrip]) { // which is told before the first step
		p.solve(RunStrip)
	}
	if p.resuming != 0 && e.ID == p.resuming && e.State == "paused" {
		p.resuming = 0
		p.ask(&protocol.Resume{})
	}
}

// welcome opens what the page begins with: the model that comes with it, so that
// one can type at once. Getting a text ready takes long, so that it waits until a
// station needs one.
func (p *Page) welcome(e *protocol.Ready) {
	p.textWaits = true
	x := p.before
	p.before = nil
	p.opens, _ = x.take(here + "model")
	if p.opens == "" && e.Base {
		p.opens = protocol.Base
	}
	if x != nil {
		p.asked = Asked{Left: p.restore(x)}
	}
	of[*Learn](p).meet()
	p.openFirst()
	if !e.Base || p.aboutText() {
		p.needText()
	}
}

// openFirst opens the model that the page begins with.
func (p *Page) openFirst() {
	if p.opens != "" {
		p.opening = p.ask(&protocol.Open{ModelID: p.opens})
		p.asker[p.opening] = "try" // where it was to be the first to write
	}
}

// aboutText tells whether the open station is about a text.
func (p *Page) aboutText() bool {
	group := p.At().Place().Group
	return group == "read" || group == "teach"
}

// needText asks for the text that is chosen, if there is none yet and none on
// its way.
func (p *Page) needText() {
	if p.textWaits {
		p.textWaits = false
		of[*Text](p).choose()
	}
}

// giveUp forgets what the command was to lead to that a problem answers.
func (p *Page) giveUp(e *protocol.Problem) {
	if e.ID == p.opening && p.opens != protocol.Base && p.Ready.Base && !e.Code.Notice() { // the model of the last visit is gone
		p.solve("try")
		p.opens = protocol.Base
		p.openFirst()
	}
	if p.resuming != 0 && (e.ID == p.resuming || gone(e)) && !e.Code.Notice() {
		p.resuming = 0
	}
}

// fail puts a problem where it can be mended, and reports whether it stands
// there already, as one that a run meets again and again. What a person has
// stopped is no problem.
func (p *Page) fail(e *protocol.Problem) (known bool) {
	switch e.Code {
	case protocol.Cancelled:
		return false
	case protocol.TrainerGone:
		p.Working = nil
	}
	place := p.placeOf(e)
	before := p.Problems[place]
	p.Problems[place] = e
	return before != nil && before.Code == e.Code && unsaved(e)
}

// placeOf is where a problem is shown: where it was asked for, else beside the
// run, or with the models that are kept.
func (p *Page) placeOf(e *protocol.Problem) string {
	if station, asked := p.asker[e.ID]; asked && e.ID > 0 {
		return station
	}
	switch e.Code {
	case protocol.ShelfFailed, protocol.KeepNone, protocol.KeepInsecure:
		return "models"
	case protocol.TextUnread, protocol.TextTooLong, protocol.FilesMany:
		return "text"
	case protocol.ModelNone:
		return "models"
	}
	return RunStrip
}

// elsewhere are the stations at which something is wrong and that are not
// open, so that the strip points to them.
func (p *Page) elsewhere() (list []Station) {
	for _, s := range p.Stations {
		if id := s.Place().ID; p.Problems[id] != nil && id != p.Open {
			list = append(list, s)
		}
	}
	return list
}

func (p *Page) saySteps(e *protocol.Step) {
	if now := time.Now(); now.Sub(p.spoken) >= sayEvery {
		p.spoken = now
		if p.rewarded() {
			p.Host.Say(p.rewardProgress())
			return
		}
		p.Host.Say(p.W.NewSteps(e.Step, e.Steps, e.Loss))
	}
}

// ask sends a command, and gives the id that its answers have.
func (p *Page) ask(c protocol.Command) int {
	p.requests++
	c.Number(p.requests)
	p.Host.Send(c)
	return p.requests
}

// await shows that a task goes on, from the moment that it is asked for.
func (p *Page) await(task string, id int) {
	p.Working = &protocol.Working{Reply: protocol.Reply{ID: id}, Task: task, Total: 1}
}

// CancelWorking ends what goes on.
func (p *Page) CancelWorking() {
	if p.Working != nil {
		p.cancel(p.Working.ID)
	}
}

// cancel ends the command with this id, whose answer still comes.
func (p *Page) cancel(id int) {
	p.Host.Send(&protocol.Cancel{Request: protocol.Request{ID: id}})
}
