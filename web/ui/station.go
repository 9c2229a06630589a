package ui

import (
	"github.com/vugu/vugu"

	"hornbook/web/protocol"
)

// A Station is one place of the page: a value of its own with its state, its
// template, the requests that it waits for and what an experiment says of it.
// One is open at a time; the page is what they share.
type Station interface {
	vugu.Builder // draws it, while it is open

	Place() Place         // where it stands
	Stand() Stand         // what the bar says of it
	Apply(protocol.Event) // takes over what concerns it
	Keep(Experiment)      // writes down what a person has set
	Restore(Experiment)   // takes that over, and takes it out
}

// stations are all there are, in the order of the bar. To add one is to add
// its line.
func stations(p *Page) []Station {
	return []Station{
		newLearn(p),
		newText(p), newTokens(p),
		newPretrain(p), newFinetune(p), newChat(p), newPreferences(p), newRewards(p), newDistil(p),
		newTry(p), newInside(p),
		newModels(p), newSpeed(p), newClass(p),
	}
}

// Place is where a station stands. Its ID is its address (#/ID), and names it
// in the catalogue (station_ID).
type Place struct{ ID, Group string }

// groups of stations, in order; group_NAME in the catalogue.
var groups = []string{"learn", "read", "teach", "ask", "keep"}

// Stand is how a station stands, in a word, and whether it is blocked or done.
type Stand struct {
	Says string
	How  string // "done", "blocked" or "" for one that can be used
}

// of is the station of a kind.
func of[S Station](p *Page) (station S) {
	for _, s := range p.Stations {
		if s, is := s.(S); is {
			return s
		}
	}
	panic("ui: there is no such station")
}

// desk is what every station has: the page, its place, and the problem that
// stands at it.
type desk struct {
	Page  *Page
	place Place
}

func (d *desk) Place() Place { return d.place }

// ask sends a command whose problem, if there is one, is shown here.
func (d *desk) ask(c protocol.Command) int {
	d.solve()
	id := d.Page.ask(c)
	d.Page.asker[id] = d.place.ID
	return id
}

// fail shows a problem here, and puts the focus on the field that it names.
func (d *desk) fail(p *protocol.Problem) {
	d.Page.Problems[d.place.ID] = p
	d.Page.Host.Say(d.Page.W.Problem(p))
	if p.Key != "" {
		d.Page.Host.Focus("n-" + p.Key)
	}
}

func (d *desk) solve() { d.Page.solve(d.place.ID) }

// Problem is what is wrong here, nil for nothing.
func (d *desk) Problem() *protocol.Problem { return d.Page.Problems[d.place.ID] }

// Station by station.

// At is the station that is open.
func (p *Page) At() Station {
	for _, s := range p.Stations {
		if s.Place().ID == p.Open {
			return s
		}
	}
	return p.Stations[0]
}

// Go opens a station, as its address does. It reports false if there is none
// of this name; then all stays as it is.
func (p *Page) Go(id string) bool {
	if of[*Learn](p).keeps(id) {
		return false
	}
	for _, s := range p.Stations {
		if s.Place().ID == id {
			p.Open = id
			if s.Place().Group == "keep" {
				p.meet()
				of[*Class](p).follow()
			}
			switch id {
			case "learn":
				of[*Learn](p).fetch()
			case "inside":
				of[*Inside](p).enter()
			}
			if p.aboutText() {
				p.needText()
			}
			return true
		}
	}
	return false
}

// visit opens a station for a person who did not ask for it by its address.
func (p *Page) visit(id string) {
	if p.Open != id && p.Go(id) {
		p.Host.Visit(id)
	}
}

// in are the stations of a group.
func (p *Page) in(group string) (list []Station) {
	for _, s := range p.Stations {
		if s.Place().Group == group {
			list = append(list, s)
		}
	}
	return list
}

func (p *Page) stationName(id string) string { return p.W.Say("station_" + id) }

// stand is how a station stands: where something is wrong there, that first.
func (p *Page) stand(s Station) Stand {
	if p.Problems[s.Place().ID] != nil {
		return Stand{Says: p.W.Say("look_here")}
	}
	return s.Stand()
}

// standClass marks a station in the bar, and current the open one.
func (p *Page) standClass(s Station) string { return "stand " + p.stand(s).How }

func (p *Page) currentStation(s Station) string {
	if s.Place().ID == p.Open {
		return "page"
	}
	return "false"
}

// currentGroup is the class of a group of stations.
func (p *Page) currentGroup(group string) string {
	if p.At().Place().Group == group {
		return "group here " + group
	}
	return "group " + group
}

// groupAddress leads to the first station of a group.
func (p *Page) groupAddress(group string) string {
	if p.At().Place().Group == group {
		return address(p.Open)
	}
	return address(p.in(group)[0].Place().ID)
}

func address(id string) string { return "#/" + id }
