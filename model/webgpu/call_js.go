package webgpu

import (
	"math"
	"runtime"
	"slices"

	"hornbook/model/tensor"
)

// A list is what was asked for and has not begun: calls of six numbers each, as gpu.js
// reads them, their uniforms, and the whole numbers that they look up.
type list struct {
	calls    []int32
	uniforms []uint32
	numbers  []uint32
	open     call
	freed    []int32 // buffers that nobody knows any more
}

const (
	callWords    = 6
	uniformWords = 64
	mostCalls    = 4096
	mostNumbers  = 1 << 20
	mostMemories = 7 // buffers of a call: a stage may use eight with the one of whole numbers
)

func newList() list {
	return list{calls: make([]int32, 0, mostCalls*callWords), uniforms: make([]uint32, 0, mostCalls*uniformWords), numbers: make([]uint32, 0, mostNumbers)}
}

// pipeline is a shader for operands in some slots.
type pipeline struct {
	shader   *shader
	in       slots
	memories int
}

// group is the buffers of a call, -1 for none.
type group [mostMemories]int32

// A call is a shader with its operands and numbers, in the order of its struct Given.
type call struct {
	card     *Card
	shader   *shader
	words    [uniformWords]uint32
	filled   int
	operands int
	in       slots
	group    group
	memories int
}

// call begins a call of s, after what waits to be one.
func (c *Card) call(s *shader) *call {
	c.settle()
	l := &c.list.open
	l.card, l.shader, l.filled, l.operands, l.memories, l.in = c, s, 0, 0, 0, slots{}
	for i := range l.group {
		l.group[i] = -1
	}
	return l
}

// absent stands for an operand that is not there.
const absent = math.MaxUint32

// on gives operands, of which one that is nil is absent.
func (l *call) on(operands ...*tensor.Tensor) *call {
	for _, t := range operands {
		if t == nil {
			l.word(absent)
		} else {
			p := pieceOf(t)
			l.card.asked.numbers += t.Len()
			l.in[l.operands] = l.slot(p.id)
			l.word(uint32(p.at + t.Offset))
		}
		l.operands++
	}
	return l
}

// over gives whole buffers as operands: the shader is told where in them to look.
func (l *call) over(buffers ...*buffer) *call {
	for _, b := range buffers {
		l.in[l.operands] = l.slot(b.id)
		l.word(0)
		l.operands++
	}
	return l
}

// pieceOf is where the numbers of t lie, from its Offset on.
func pieceOf(t *tensor.Tensor) *piece { return t.Storage.(*piece) }

// slot is the place of a buffer among those of the call.
func (l *call) slot(id int32) uint8 {
	at := slices.Index(l.group[:l.memories], id)
	if at < 0 && l.memories == len(l.group) {
		panic(tensor.Lost{Why: "the operands of " + l.shader.name + " lie in too many buffers"})
	}
	if at < 0 {
		at = l.memories
		l.group[at] = id
		l.memories++
	}
	return uint8(at)
}

func (l *call) word(x uint32) {
	l.words[l.filled] = x
	l.filled++
}

// list gives whole numbers to look up. Those of one call must have room together: see
// Card.reserve.
func (l *call) list(x []uint32) *call {
	l.word(uint32(len(l.card.list.numbers)))
	l.card.list.numbers = append(l.card.list.numbers, x...)
	return l
}

// whole and real give numbers, yes a flag.
func (l *call) whole(x ...int) *call {
	for _, n := range x {
		l.word(uint32(n))
	}
	return l
}

func (l *call) real(x ...float32) *call {
	for _, v := range x {
		l.word(math.Float32bits(v))
	}
	return l
}

func (l *call) yes(x ...bool) *call {
	for _, is := range x {
		n := uint32(0)
		if is {
			n = 1
		}
		l.word(n)
	}
	return l
}

// across and lanes are those of prelude.wgsl.
const (
	across = 32768
	lanes  = 64
)

// each ends the call: an invocation for each of n numbers.
func (l *call) each(n int) { l.groups(n/lanes + min(1, n%lanes)) }

// rows ends the call: a group for each of n rows, of which the shader is told.
func (l *call) rows(n int) {
	l.whole(n)
	l.groups(n)
}

func (l *call) groups(n int) { l.grid(min(n, across), (n+across-1)/across, 1) }

// grid ends the call: groups in three dimensions.
func (l *call) grid(x, y, z int) {
	if l.filled != l.shader.words {
		panic("webgpu: " + l.shader.name + " is not given what it asks for")
	}
	if x == 0 || y == 0 || z == 0 {
		return
	}
	c := l.card
	if len(c.list.calls) == cap(c.list.calls) {
		numbers := c.list.numbers // of this call too
		c.flush()
		c.list.numbers = numbers
	}
	c.asked.calls++
	at := len(c.list.uniforms)
	c.list.uniforms = append(c.list.uniforms, l.words[:]...)
	c.list.calls = append(c.list.calls, c.pipelineOf(l), c.groupOf(l), int32(4*at), int32(x), int32(y), int32(z))
}

// reserve makes room for n whole numbers of one call.
func (c *Card) reserve(n int) {
	if n > mostNumbers {
		panic(tensor.Lost{Why: "a step looks up more numbers than there is room for"})
	}
	if c.settle(); len(c.list.numbers)+n > mostNumbers {
		c.flush()
	}
}

func (c *Card) pipelineOf(l *call) int32 {
	key := pipeline{l.shader, l.in, l.memories}
	id, known := c.pipelines[key]
	if !known {
		id = int32(c.do("pipeline", l.shader.name, l.shader.code(l.in, l.memories), l.memories).Int())
		c.pipelines[key] = id
	}
	return id
}

func (c *Card) groupOf(l *call) int32 {
	id, known := c.groups[l.group]
	if !known {
		ids := make([]any, l.memories)
		for i := range ids {
			ids[i] = l.group[i]
		}
		id = int32(c.do("group", ids...).Int())
		c.groups[l.group] = id
	}
	return id
}

// flush lets begin what was asked for.
func (c *Card) flush() {
	c.settle()
	l := &c.list
	if n := len(l.calls) / callWords; n > 0 {
		c.do("run", place(l.calls), n, place(l.uniforms), place(l.numbers), 4*len(l.numbers))
		runtime.KeepAlive(l)
	}
	l.calls, l.uniforms, l.numbers = l.calls[:0], l.uniforms[:0], l.numbers[:0]
	for _, id := range l.freed {
		c.do("free", id)
		for key := range c.groups {
			if slices.Contains(key[:], id) {
				delete(c.groups, key)
			}
		}
	}
	l.freed = l.freed[:0]
}

// forget frees a buffer with the next flush.
func (c *Card) forget(b *buffer) { c.list.freed = append(c.list.freed, b.id) }
