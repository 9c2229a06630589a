// Command slim makes what vugugen writes smaller: calls of web/ui/node.go in the
// place of the statements that each node spells out, and the attributes that never
// change as data. A browser compiles the page's functions once when they are
// first called, and the busy ones again, at a cost that grows faster than their
// size.
package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
)

// quoted is a string as vugugen writes it.
const quoted = `("(?:[^"\\]|\\.)*")`

// rewrites are tried in this order.
var rewrites = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`vgn = &vugu\.VGNode\{Type: vugu\.VGNodeType\(1\), Data: ` + quoted + `\}\n\t*vgparent\.AppendChild\(vgn\)`),
		`addText(vgparent, $1)`},
	{regexp.MustCompile(`vgn = &vugu\.VGNode\{Type: vugu\.VGNodeType\(3\), Namespace: "", Data: ` + quoted + `, Attr: (.*)\}\n\t*vgparent\.AppendChild\(vgn\)`),
		`vgn = addElement(vgparent, $1, $2)`},
	{regexp.MustCompile(`vgn\.DOMEventHandlerSpecList = append\(vgn\.DOMEventHandlerSpecList, vugu\.DOMEventHandlerSpec\{\n\t*EventType: ` + quoted + `,\n\t*Func: *(.*),\n\t*// TODO.*\n\t*\}\)`),
		`listen(vgn, $1, $2)`},
	{regexp.MustCompile(`vgcompKey := vugu\.MakeCompKey\((.*)\^vgin\.CurrentPositionHash\(\), vgiterkey\)\n.*\n.*vgin\.BuildEnv\.CachedComponent\(vgcompKey\)\.\(\*(\w+)\)\n\t*if vgcomp == nil \{\n.*\n.*\n.*\n\t*\}\n.*UseComponent.*`),
		`vgcomp := component[$2](vgin, $1, vgiterkey)`},
	{regexp.MustCompile(`vgout\.Components = append\(vgout\.Components, vgcomp\)\n.*\n\t*vgparent\.AppendChild\(vgn\)`),
		`vgn = addComponent(vgout, vgparent, vgcomp)`},
	{regexp.MustCompile(`\{\n\t*b, err := vjson\.Marshal\((.*)\)\n\t*if err != nil \{\n\t*panic\(err\)\n\t*\}\n\t*vgn\.Prop = append\(vgn\.Prop, vugu\.VGProperty\{Key: ` + quoted + `, JSONVal: vjson\.RawMessage\(b\)\}\)\n\t*\}`),
		`setProp(vgn, $2, $1)`},
	{regexp.MustCompile(`vgn\.SetInnerHTML\(`), `setText(vgn, `},
	{regexp.MustCompile(`vgn\.AddAttrInterface\(`), `setAttr(vgn, `},
}

func main() {
	if err := slim(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
}

func slim(path string) error {
	code, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, r := range rewrites {
		if !r.from.Match(code) {
			return fmt.Errorf("nothing in %s is %s: does vugugen write otherwise now?", path, r.from)
		}
		code = r.from.ReplaceAll(code, []byte(r.to))
	}
	var data bytes.Buffer
	data.WriteString("\n// attributes that never change.\nvar (\n")
	names := map[string]string{}
	code = regexp.MustCompile(`\[\]vugu\.VGAttribute\{(.*)\}\)\n`).ReplaceAllFunc(code, func(match []byte) []byte {
		literal := string(match[:len(match)-2])
		name, known := names[literal]
		if !known {
			name = fmt.Sprintf("attrs%d", len(names)+1)
			names[literal] = name
			fmt.Fprintf(&data, "\t%s = %s\n", name, literal)
		}
		return []byte(name + ")\n")
	})
	code = bytes.ReplaceAll(code, []byte("[]vugu.VGAttribute(nil))\n"), []byte("nil)\n"))
	data.WriteString(")\n")
	code = split(code)
	return os.WriteFile(path, append(code, data.Bytes()...), 0o644)
}

// long is how many lines the children of a node may have before they become a
// function of their own.
const long = 40

// split puts the children of nodes that have many into functions of their own.
func split(code []byte) []byte {
	lines := bytes.Split(code, []byte("\n"))
	for i := range lines {
		indent := bytes.TrimSuffix(lines[i], []byte("{"))
		if len(indent) == len(lines[i]) || len(bytes.Trim(indent, "\t")) > 0 || !bytes.HasSuffix(lines[i+1], []byte("vgparent := vgn")) {
			continue
		}
		end := i + 1
		for !bytes.Equal(lines[end], append(bytes.Clone(indent), '}')) {
			end++
		}
		if end-i < long {
			continue
		}
		lines[i] = append(bytes.Clone(indent), "func(vgparent *vugu.VGNode) {"...)
		lines[i+1] = append(bytes.Clone(indent), "\tvar vgn *vugu.VGNode"...)
		lines[i+2] = append(bytes.Clone(indent), "\t_ = vgn"...)
		lines[end] = append(lines[end], "(vgn)"...)
	}
	return bytes.Join(lines, []byte("\n"))
}
