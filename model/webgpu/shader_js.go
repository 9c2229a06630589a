package webgpu

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed shaders/*.wgsl
var files embed.FS

// shader is a file of shaders.
type shader struct {
	name    string
	source  string
	tensors []string // names of the operands, in their order
	lists   []string // of the lists of whole numbers
	words   int      // of struct Given
}

// load reads shaders/name.wgsl, with more source before it.
func load(name, before string) *shader {
	read := func(name string) string {
		b, err := files.ReadFile("shaders/" + name + ".wgsl")
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	s := &shader{name: name, source: read(name)}
	_, members, _ := strings.Cut(s.source, "struct Given {")
	members, _, _ = strings.Cut(members, "}")
	for member := range strings.SplitSeq(members, ",") {
		name, kind, is := strings.Cut(strings.TrimSpace(member), ": ")
		if !is {
			continue
		}
		s.words++
		switch kind {
		case "tensor":
			s.tensors = append(s.tensors, name)
		case "list":
			s.lists = append(s.lists, name)
		}
	}
	s.source = read("prelude") + before + s.source
	return s
}

// slots say in which of a group's buffers each operand of a call lies.
type slots [maxOperands]uint8

// maxOperands bounds those of a shader.
const maxOperands = 8

// code is the shader for operands in these slots, of which there are so many: with the
// functions by which it gets at them.
func (s *shader) code(in slots, memories int) string {
	var b strings.Builder
	b.WriteString("@group(0) @binding(0) var<uniform> given: Given;\n@group(0) @binding(1) var<storage, read> numbers: array<u32>;\n")
	for i := range memories {
		fmt.Fprintf(&b, "@group(0) @binding(%d) var<storage, read_write> memory%d: array<f32>;\n", 2+i, i)
	}
	for i, name := range s.tensors {
		fmt.Fprintf(&b, "fn has_%s() -> bool { return given.%[1]s != absent; }\n", name)
		fmt.Fprintf(&b, "fn %s(i: u32) -> f32 { return memory%d[given.%[1]s + i]; }\n", name, in[i])
		fmt.Fprintf(&b, "fn set_%s(i: u32, v: f32) { memory%d[given.%[1]s + i] = v; }\n", name, in[i])
	}
	for _, name := range s.lists {
		fmt.Fprintf(&b, "fn %s(i: u32) -> u32 { return numbers[given.%[1]s + i]; }\n", name)
	}
	return b.String() + s.source
}
