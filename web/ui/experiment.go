package ui

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"hornbook/web/protocol"
)

// An Experiment is what a link, a reload and a file carry of a page: what was
// set, by name. Each station knows its own names.
type Experiment map[string]string

// put writes down what was set; nothing of what was not.
func (x Experiment) put(key, value string) {
	if value != "" {
		x[key] = value
	}
}

// take takes a value out, if it is one of those allowed or, without any
// allowed, whatever it is. What is refused stays, and is said to be left out.
func (x Experiment) take(key string, allowed ...string) (value string, is bool) {
	value, is = x[key]
	if is = is && (len(allowed) == 0 || slices.Contains(allowed, value)); is {
		delete(x, key)
	}
	return value, is
}

// String is the experiment as a part of an address, its names in order.
func (x Experiment) String() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(x)) {
		parts = append(parts, url.QueryEscape(key)+"="+url.QueryEscape(x[key]))
	}
	return strings.Join(parts, "&")
}

// mostAddress is how long an address may be that is read, in bytes.
const mostAddress = 64 << 10

// ReadAddress is the station and the experiment that the fragment of an
// address names: "#/try?prompt=One+day".
func ReadAddress(fragment string) (station string, x Experiment) {
	fragment = strings.TrimPrefix(strings.TrimPrefix(fragment, "#"), "/")
	station, query, _ := strings.Cut(fragment, "?")
	x = Experiment{}
	if len(query) > mostAddress || !utf8.ValidString(query) {
		return station, x
	}
	for part := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(part, "=")
		key, badKey := url.QueryUnescape(key)
		value, badValue := url.QueryUnescape(value)
		if badKey == nil && badValue == nil && key != "" && utf8.ValidString(key+value) {
			x.put(key, value)
		}
	}
	return station, x
}

// Experiment is what is set on the page.
func (p *Page) Experiment() Experiment {
	x := Experiment{}
	for _, s := range p.Stations {
		s.Keep(x)
	}
	return x
}

// here begins the names of what means something on this device only.
const here = "here."

// Address is the page's address, from the fragment on, with all that is set and
// means something to others.
func (p *Page) Address() string {
	return address(p.Open) + "?" + p.shared().String()
}

// shared is what is set and means something to others.
func (p *Page) shared() Experiment {
	x := p.Experiment()
	maps.DeleteFunc(x, ofHere)
	return x
}

func ofHere(key, _ string) bool { return strings.HasPrefix(key, here) }

// Memory is the page's address with what means something here too: what is to
// be found again at the next visit.
func (p *Page) Memory() string {
	x := p.Experiment()
	if m := p.Model; m != nil && m.ModelID != protocol.Base && !p.Active() {
		x.put(here+"model", m.ModelID)
	}
	x.put(here+"backend", p.Backend)
	return address(p.Open) + "?" + x.String()
}

// restore takes an experiment over and gives what of it nobody knows, or cannot
// be, of what means something to others.
func (p *Page) restore(x Experiment) (left Experiment) {
	left = maps.Clone(x)
	if wish, is := left.take(here+"backend", backends...); is && p.Backend == "" {
		p.Backend = wish
	}
	for _, s := range p.Stations {
		s.Restore(left)
	}
	maps.DeleteFunc(left, ofHere)
	return left
}

// Asked is what an address or a file sets that somebody opened, and what of it
// was left out.
type Asked struct {
	Set  Experiment // nil: nothing is asked
	Left Experiment // nil: nothing was left out
}

// Remembered takes over what was set at the last visit, before the trainer is
// ready.
func (p *Page) Remembered(x Experiment) { p.before = x }

// Addressed opens what an address names. What it sets is taken over at once by
// a page on which nothing is set yet; else the person is asked.
func (p *Page) Addressed(fragment string, untouched bool) {
	station, x := ReadAddress(fragment)
	maps.DeleteFunc(x, ofHere)
	p.Go(station)
	p.came(x)
	of[*Class](p).invited(x)
	if untouched {
		p.before = x
	} else if len(x) > 0 {
		p.asked = Asked{Set: x}
	}
}

// experimentEnd ends the names of files that an experiment is kept in.
const experimentEnd = ".experiment"

// IsExperiment tells whether a file is an experiment, by its name.
func IsExperiment(name string) bool {
	return strings.HasSuffix(strings.ToLower(name), experimentEnd)
}

// experimentFile is an experiment as a file holds it, in JSON.
type experimentFile struct {
	Open string     `json:"open"` // the station
	Set  Experiment `json:"set"`
}

// SaveExperiment hands what is set to the browser as a file.
func (p *Page) SaveExperiment() {
	content, err := json.MarshalIndent(experimentFile{p.Open, p.shared()}, "", "\t")
	if err != nil {
		panic(err) // of texts alone
	}
	p.Host.Save("hornbook"+experimentEnd, "application/json", string(content)+"\n")
}

// OpenExperiment opens what a file of this name and content sets, as Addressed
// opens an address; it asks first.
func (p *Page) OpenExperiment(name, content string) {
	of[*Text](p).reading = false
	var file experimentFile
	if err := json.Unmarshal([]byte(content), &file); err != nil || len(file.Set) == 0 || len(content) > mostAddress {
		of[*Text](p).fail(&protocol.Problem{Code: protocol.NoSettings, Got: name})
		return
	}
	maps.DeleteFunc(file.Set, ofHere)
	p.visit(file.Open)
	p.asked = Asked{Set: file.Set}
}

// SetUp takes over what was asked.
func (p *Page) SetUp() {
	p.asked = Asked{Left: p.restore(p.asked.Set)}
}

// LeaveAsked leaves all as it is.
func (p *Page) LeaveAsked() { p.asked = Asked{} }

// askedSays is what the address sets, in words: names and values.
func (p *Page) askedSays() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(p.asked.Set)) {
		parts = append(parts, p.settingName(key)+": "+firstRunes(p.asked.Set[key], 60))
	}
	return strings.Join(parts, " · ")
}

// settingName is what a name of an experiment is called for people.
func (p *Page) settingName(key string) string {
	station, field, of := strings.Cut(key, ".")
	if !of {
		return p.W.Setting(key)
	}
	return p.W.List(p.stationName(station), p.W.Field(field))
}

// leftSays is what was left out, "" for nothing. A text of one's own can still
// come.
func (p *Page) leftSays() string {
	var names, says []string
	for _, key := range slices.Sorted(maps.Keys(p.asked.Left)) {
		if key != "text" {
			names = append(names, p.settingName(key))
		}
	}
	if len(names) > 0 {
		says = append(says, p.W.Say("left_out", "list", p.W.List(names...)))
	}
	if name, is := p.asked.Left["text"]; is && (p.Text == nil || p.Text.Name != name) {
		says = append(says, p.W.Say("left_text", "name", firstRunes(name, 60)))
	}
	return strings.Join(says, " ")
}

// CopyLink puts the page's address with all that is set on the clipboard, and shows it.
func (p *Page) CopyLink() {
	p.Copied(p.Address())
	p.linked = true
}

// HideLink shows it no more.
func (p *Page) HideLink() { p.linked = false }
