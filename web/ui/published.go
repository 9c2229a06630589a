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

func (w work) String() string { return wording.Work(w.layers, w.channels) }

// recipe is the work in nanoGPT's form, which the others were measured in.
func (w work) recipe(nanoGPT recipe.Recipe) recipe.Recipe {
	r := nanoGPT
	r.Batch = w.batch
	m := &r.Model
	m.Layers, m.Heads, m.KVHeads, m.Context = w.layers, w.heads, w.heads, w.context
	m.Channels, m.Hidden = w.channels, 4*w.channels
	return r
}

// published is what a training step of each work took others, in
// milliseconds, on a machine of two cores.
var published = []struct {
	name string
	ms   [len(works)]string
}{
	{wording.ByThreads(wording.PyTorch, 1), [...]string{"58", "15", "703"}},
	{wording.ByThreads(wording.PyTorch, 2), [...]string{"40", "12", "409"}},
	{wording.ByThreads(wording.LLMC, 1), [...]string{"225", "60", "4,158"}},
	{wording.ByThreads(wording.LLMC, 2), [...]string{"161", "44", "2,723"}},
	{wording.ByWorkers(wording.JaxJS, 1), [...]string{"231", "62", "3,096"}},
	{wording.ByWorkers(wording.JaxJS, 2), [...]string{"187", "72", "1,803"}},
	{wording.TensorFlowJS, [...]string{"566 to 1,515", "187 to 345", "6,970 to 25,066"}},
}
