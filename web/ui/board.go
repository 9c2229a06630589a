package ui

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
)

// Board is the results of a class beside each other.
type Board struct {
	page    *Page
	Results []Found
	Sort    string // one of sorts
	Laid    []string
	next    int      // what the server is asked for next
	files   int      // results that came as files
	Odd     []string // files that are no results
	Late    []string // files for which there is no room
}

// A Found is a result on the board.
type Found struct {
	N      int    `json:"-"` // in the order in which they came to this board
	ID     string `json:"id"`
	At     int64  `json:"at"` // milliseconds since 1970; 0 of one that came as a file
	Result Result `json:"result"`
}

// How results can be sorted: as they came, by what they are about, by name.
const (
	sortNewest = "newest"
	sortBest   = "best"
	sortName   = "name"
)

var sorts = []string{sortNewest, sortBest, sortName}

// mostOnBoard bounds what a board holds.
const mostOnBoard = 400

// clear takes away what came from a server; what came as files stays.
func (b *Board) clear() {
	b.Results = slices.DeleteFunc(b.Results, func(f Found) bool { return f.At != 0 })
	b.next = 0
}

func (b *Board) drop(id string) {
	b.Results = slices.DeleteFunc(b.Results, func(f Found) bool { return f.ID == id })
}

func (b *Board) path(code string) string { return at(code) + "/results?after=" + strconv.Itoa(b.next) }

// take takes over what the server says of a class: new results, and which are still there.
func (b *Board) take(body string) (open bool) {
	var told struct {
		Open    bool
		Next    int
		IDs     []string
		Results []Found
	}
	if json.Unmarshal([]byte(body), &told) != nil {
		return true
	}
	b.next = told.Next
	b.Results = slices.DeleteFunc(b.Results, func(f Found) bool { return f.At != 0 && !slices.Contains(told.IDs, f.ID) })
	for _, f := range told.Results {
		if f.Result.Check() == nil && f.At != 0 && len(b.Results) < mostOnBoard {
			f.N = len(b.Results) + 1
			b.Results = append(b.Results, f)
		}
	}
	return told.Open
}

// AreResults tells whether dropped files, by their names, are results of a class.
func AreResults(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !strings.HasSuffix(strings.ToLower(name), resultEnd) })
}

// HandedIn puts results on the board that came as files; what is none is named.
func (p *Page) HandedIn(names, contents []string) {
	c := of[*Class](p)
	p.visit(c.place.ID)
	b := &c.Board
	b.Odd, b.Late = nil, nil
	for i, name := range names {
		var r Result
		switch {
		case json.Unmarshal([]byte(contents[i]), &r) != nil || r.Check() != nil:
			b.Odd = append(b.Odd, name)
		case len(b.Results) >= mostOnBoard:
			b.Late = append(b.Late, name)
		default:
			b.files++
			b.Results = append(b.Results, Found{N: len(b.Results) + 1, ID: "file-" + strconv.Itoa(b.files), Result: r})
		}
	}
	p.Host.Say(p.W.Say("class_results", "n", len(b.Results)))
}

// oddSays names the files that are no results and those for which there is no room, ""
// for none.
func (b *Board) oddSays() (says string) {
	w := b.page.W
	if len(b.Odd) > 0 {
		says = w.Say("class_odd", "list", w.List(b.Odd...)) + " "
	}
	if len(b.Late) > 0 {
		says += w.Say("class_board_full", "n", w.Count(mostOnBoard), "list", w.List(b.Late...))
	}
	return says
}

// sorted are the results in the chosen order; the best have the least loss, or the most of
// what else is measured.
func (b *Board) sorted() []Found {
	list := slices.Clone(b.Results)
	slices.SortStableFunc(list, func(x, y Found) int {
		switch b.Sort {
		case sortBest:
			name, value := x.Result.main()
			other, than := y.Result.main()
			if name != other {
				return cmp.Compare(name, other)
			}
			if strings.Contains(name, "loss") || name == recipe.BitsPerByte {
				return cmp.Compare(value, than)
			}
			return cmp.Compare(than, value)
		case sortName:
			return cmp.Compare(strings.ToLower(x.Result.Nickname), strings.ToLower(y.Result.Nickname))
		}
		return cmp.Or(cmp.Compare(y.At, x.At), cmp.Compare(y.N, x.N))
	})
	return list
}

// name is what a result is called.
func (b *Board) name(f Found) string {
	return cmp.Or(f.Result.Nickname, b.page.W.Say("class_anonymous", "n", b.page.W.Count(f.N)))
}

// value is what a result is about, in words.
func (b *Board) value(f Found) string {
	name, value := f.Result.main()
	return b.page.W.Measure(name) + " " + b.page.W.MeasureValue(name, value)
}

// settings are the few of them that a table has room for.
func (b *Board) settings(f Found) string {
	parts := []string{cmp.Or(f.Result.Preset, f.Result.Objective)}
	for _, key := range []string{"steps", "batch", "learning_rate"} {
		if v := f.Result.Settings[key]; v != "" {
			parts = append(parts, b.page.W.Field(key)+" "+v)
		}
	}
	return strings.Join(parts, " · ")
}

// grew is how much of what the model wrote were words of its text, from the first time to
// the last.
func (b *Board) grew(f Found) string {
	if len(f.Result.Strip) == 0 {
		return ""
	}
	w := b.page.W
	return w.Say("class_grew", "from", w.Percent(f.Result.Strip[0]), "to", w.Percent(f.Result.Strip[len(f.Result.Strip)-1]))
}

// line is the newest that the model wrote.
func (b *Board) line(f Found) string {
	if len(f.Result.Samples) == 0 {
		return ""
	}
	return f.Result.Samples[0]
}

// Lay lays a result's curve over those of others, or takes it away.
func (b *Board) Lay(id string, on bool) {
	b.Laid = slices.DeleteFunc(b.Laid, func(other string) bool { return other == id })
	if on {
		b.Laid = append(b.Laid, id)
		b.Laid = b.Laid[max(0, len(b.Laid)-len(compareColours)):]
	}
}

func (b *Board) isLaid(id string) bool { return slices.Contains(b.Laid, id) }

// Picture is all curves, those that were chosen in colours and the others faint.
func (c *Class) Picture() (p Picture) {
	b := &c.Board
	for _, f := range b.Results {
		if len(f.Result.Curve) < 2 {
			continue
		}
		s := Series{Name: firstRunes(b.name(f), 18), Colour: "--edge"}
		if i := slices.Index(b.Laid, f.ID); i >= 0 {
			s.Colour = compareColours[i]
		}
		for _, point := range f.Result.Curve {
			s.Steps, s.Values = append(s.Steps, int(point[0])), append(s.Values, point[1])
		}
		p.Series = append(p.Series, s)
	}
	slices.SortStableFunc(p.Series, func(x, y Series) int {
		return cmp.Compare(slices.Index(compareColours, x.Colour), slices.Index(compareColours, y.Colour))
	})
	return p
}

// pictured tells whether there are curves.
func (c *Class) pictured() bool { return len(c.Picture().Series) > 0 }

// SaveTable hands the board to the browser as a table (CSV, RFC 4180).
func (b *Board) SaveTable() {
	var out strings.Builder
	w := csv.NewWriter(&out)
	var measures, settings []string
	for _, f := range b.Results {
		for _, m := range f.Result.Measures {
			measures = with(measures, m.Name)
		}
		for name := range f.Result.Settings {
			settings = with(settings, name)
		}
	}
	slices.Sort(settings)
	write := func(row []string) {
		for i := range row {
			row[i] = harmless(row[i])
		}
		w.Write(row)
	}
	write(slices.Concat([]string{"n", "nickname", "objective", "preset"}, measures, settings, []string{"samples"}))
	for _, f := range b.sorted() {
		row := []string{strconv.Itoa(f.N), f.Result.Nickname, f.Result.Objective, f.Result.Preset}
		for _, name := range measures {
			cell := ""
			if value, is := f.Result.Measures.Of(name); is {
				cell = strconv.FormatFloat(value, 'g', 6, 64)
			}
			row = append(row, cell)
		}
		for _, name := range settings {
			row = append(row, f.Result.Settings[name])
		}
		write(append(row, strings.Join(f.Result.Samples, " | ")))
	}
	w.Flush()
	b.page.Host.Save("class.csv", "text/csv", out.String())
}

func with(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// harmless keeps a table's program from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t", rune(text[0])) {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "'" + text
		}
	}
	return text
}
