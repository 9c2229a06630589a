package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// vuguHelper writes the script that vugu keeps as a string and would pass to
// eval, which the Content Security Policy forbids.
func vuguHelper(string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/vugu/vugu").Output()
	if err != nil {
		return fmt.Errorf("where is vugu: %w", err)
	}
	file := filepath.Join(strings.TrimSpace(string(out)), "domrender/renderer-js-script.go")
	script, err := constant(file, "jsHelperScript")
	if err != nil {
		return err
	}
	for _, p := range patches {
		if n := strings.Count(script, p.old); n != p.times {
			return fmt.Errorf("vugu's helper has %q %d times, not %d: it is another version; look at patches anew", p.old, n, p.times)
		}
		script = strings.ReplaceAll(script, p.old, p.new)
	}
	return write("vugu.js", []byte(script))
}

// patches make vugu's helper leave alone what has not changed: set anew at
// each drawing, a text loses the reader's selection and is read aloud again.
// And they mend characters that a full buffer has cut in two: the bytes at the
// end of a part wait for the next one.
var patches = []struct {
	old, new string
	times    int
}{
	{`else x.el.textContent=e;`, `else if(x.el.textContent!==e)x.el.textContent=e;`, 2},
	{`x.el.innerHTML=(x.bufferedInnerHTML||"")+e,`,
		`e=(x.bufferedInnerHTML||"")+e;if(x.el.innerHTML!==e.replaceAll("&#34;",'"').replaceAll("&#39;","'"))x.el.innerHTML=e;`, 1},
	{`readString(){`, `readString(more=false){`, 1},
	{`this.offset+4,e));`, `this.offset+4,e),{stream:more});`, 1},
	{`e.setAttribute(t,n),`, `e.getAttribute(t)!==n&&e.setAttribute(t,n),`, 1},
	{`readString(more=false){var e=this.dataView.getUint32(this.offset),t=`, `readString(more=false){var e=this.dataView.getUint32(this.offset),t=!more&&!this.cut&&e<40&&short(this.dataView,this.offset+4,e);if(typeof t==="string"){this.offset+=e+4;return t}this.cut=more;t=`, 1},
	{`let x=new TextDecoder`, `function short(v,o,n){let s="";for(let i=0;i<n;i++){const c=v.getUint8(o+i);if(c>127)return null;s+=String.fromCharCode(c)}return s}let x=new TextDecoder`, 1},
	{`case y:{let e=C.readString();`, `case y:{let e=C.readString(true);`, 1},
}

// constant reads the value of a string in a Go file.
func constant(file, name string) (string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return "", err
	}
	var text string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != name || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err = strconv.Unquote(lit.Value)
		}
		return true
	})
	if err == nil && text == "" {
		err = fmt.Errorf("%s has no string %s", file, name)
	}
	return text, err
}
