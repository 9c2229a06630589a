package ui

import (
	"hornbook/model/recipe"
	"hornbook/web/wording"
)

// A work is a model and a batch that training steps are measured of.
type work struct {
	layers, heads, channels, context, batch int
	steps                                   int // to time
}

// works are those of the published table, in its order.
var works = [...]work{
	{layers: 4, heads: 4, channels: 128, context: 64, batch: 12, steps: 12}, // nanogpt-cpu
	{layers: 2, heads: 2, channels: 64, context: 64, batch: 16, steps: 24},
	{layers: 6, heads: 6, channels: 384, context: 256, batch: 4, steps: 3},
}

// large is the work that takes long.
const large = 2

func (w work) says(words *wording.Words) string { return words.Work(w.layers, w.channels) }

// recipe is the work in nanoGPT's form, which the others were measured in.
func (w work) recipe(nanoGPT recipe.Recipe) recipe.Recipe {
	r := nanoGPT
	r.Batch = w.batch
	m := &r.Model
	m.Layers, m.Heads, m.KVHeads, m.Context = w.layers, w.heads, w.heads, w.context
	m.Channels, m.Hidden = w.channels, 4*w.channels
	return r
}

// A record is what a program has been measured at.
type record struct {
	name    string
	threads int                    // of a program outside a browser that share its work
	workers int                    // of one in a browser
	ms      [len(works)][2]float64 // a training step of each work, from and to, in milliseconds
}

// published are what a training step of each work took others, on a machine of
// two cores.
var published = []record{
	{"PyTorch 1.13", 1, 0, [...][2]float64{{58}, {15}, {703}}},
	{"PyTorch 1.13", 2, 0, [...][2]float64{{40}, {12}, {409}}},
	{"llm.c", 1, 0, [...][2]float64{{225}, {60}, {4158}}},
	{"llm.c", 2, 0, [...][2]float64{{161}, {44}, {2723}}},
	{"jax-js", 0, 1, [...][2]float64{{231}, {62}, {3096}}},
	{"jax-js", 0, 2, [...][2]float64{{187}, {72}, {1803}}},
	{"TensorFlow.js", 0, 0, [...][2]float64{{566, 1515}, {187, 345}, {6970, 25066}}},
}

// row is a record as a line of the table.
func (r record) row(w *wording.Words) speedRow {
	row := speedRow{Name: r.name}
	switch {
	case r.threads > 0:
		row.Name = w.ByThreads(r.name, r.threads)
	case r.workers > 0:
		row.Name = w.ByWorkers(r.name, r.workers)
	}
	for _, ms := range r.ms {
		cell := w.Milliseconds(ms[0])
		if ms[1] > 0 {
			cell = w.Say("from_to", "from", cell, "to", w.Milliseconds(ms[1]))
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}
