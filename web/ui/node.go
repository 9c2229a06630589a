package ui

import (
	"strconv"

	"github.com/vugu/vjson"
	"github.com/vugu/vugu"
)

// What a Build method does for each node; slim has vugugen's code call these.
// None is to be inlined, which would make the methods as large again.

//go:noinline
func addText(parent *vugu.VGNode, text string) {
	parent.AppendChild(&vugu.VGNode{Type: vugu.TextNode, Data: text})
}

// addElement's attributes are copied before others are added to them.
//
//go:noinline
func addElement(parent *vugu.VGNode, tag string, attrs []vugu.VGAttribute) *vugu.VGNode {
	n := &vugu.VGNode{Type: vugu.ElementNode, Data: tag, Attr: attrs}
	parent.AppendChild(n)
	return n
}

//go:noinline
func listen(n *vugu.VGNode, event string, handle func(vugu.DOMEvent)) {
	n.DOMEventHandlerSpecList = append(n.DOMEventHandlerSpecList, vugu.DOMEventHandlerSpec{EventType: event, Func: handle})
}

// component is the one that was here when the page was drawn last, or a new one.
func component[T any](in *vugu.BuildIn, hash uint64, iteration any) *T {
	key := vugu.MakeCompKey(hash^in.CurrentPositionHash(), iteration)
	c, _ := any(in.BuildEnv.CachedComponent(key)).(*T)
	if c == nil {
		c = new(T)
		in.BuildEnv.WireComponent(any(c).(vugu.Builder))
	}
	in.BuildEnv.UseComponent(key, any(c).(vugu.Builder))
	return c
}

//go:noinline
func addComponent(out *vugu.BuildOut, parent *vugu.VGNode, c vugu.Builder) *vugu.VGNode {
	out.Components = append(out.Components, c)
	n := &vugu.VGNode{Component: c}
	parent.AppendChild(n)
	return n
}

// setProp sets a property of the DOM node.
//
//go:noinline
func setProp(n *vugu.VGNode, key string, value any) {
	var text []byte
	switch v := value.(type) {
	case bool:
		text = strconv.AppendBool(nil, v)
	default:
		var err error
		if text, err = vjson.Marshal(value); err != nil {
			panic(err)
		}
	}
	n.Prop = append(n.Prop, vugu.VGProperty{Key: key, JSONVal: vjson.RawMessage(text)})
}

//go:noinline
func setText[T any](n *vugu.VGNode, text T) { n.SetInnerHTML(text) }

//go:noinline
func setAttr[T any](n *vugu.VGNode, key string, value T) { n.AddAttrInterface(key, value) }
