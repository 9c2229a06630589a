package tokenizer

import (
	"fmt"
	"strings"
)

// Notes are whole sentences on what a person should know of t: what is dropped,
// added or done otherwise than in the file that it was read from.
func Notes(t Tokenizer) (notes []string) {
	b, is := t.(*BPE)
	if !is {
		return nil
	}
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if !b.complete() {
		note("%s; what else stands in a text is left out, and counted where the text is shown", b.holds())
	}
	for _, f := range []struct {
		ids   []int32
		where string
	}{{b.before, "before"}, {b.behind, "behind"}} {
		if len(f.ids) > 0 {
			note("as its file says, %s is put %s a text that stands alone", b.list(f.ids), f.where)
		}
	}
	if b.written.decoder == nil {
		note("its file does not say how tokens become text again (decoder is null); they are put together as they are")
	}
	return notes
}

// holds says which symbols have tokens.
func (t *BPE) holds() string {
	n := len(t.long)
	for _, id := range t.short {
		if id >= 0 {
			n++
		}
	}
	if t.bytes {
		return fmt.Sprintf("its vocabulary holds only %d of the 256 bytes", n)
	}
	return fmt.Sprintf("its vocabulary holds only %d characters", n)
}

// list names tokens.
func (t *BPE) list(ids []int32) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = t.Name(id)
	}
	return strings.Join(names, " ")
}
