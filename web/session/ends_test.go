package session

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/cpu"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// stubborn are files of a model that always says one token, and whose texts end with
// the token 257.
func stubborn(t *testing.T, says int) fstest.MapFS {
	t.Helper()
	tok := tokenizer.NewBytes("<|other|>", "<|im_end|>")
	r, _ := recipe.ByName("tiny")
	r.Tokenizer = string(tok.Kind())
	r.Model = recipe.Model{Vocab: tok.Size(), Context: 64, Layers: 1, Heads: 1, KVHeads: 1, Channels: 8, Hidden: 8, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu"}
	m := model.New(cpu.New(), r.Model)
	for _, p := range m.Parameters {
		x := p.Numbers()
		for i := range x {
			if p.Name == "tokens.weight" || strings.HasSuffix(p.Name, "gain") || p.Name == "head.weight" && i/8 == says {
				x[i] = 1
			}
		}
		p.Upload(x)
	}
	files := checkpointtest.Files{}
	if err := exchange.WriteHF(files, checkpoint.Run{Recipe: r, Tokenizer: tok, Model: m}, format.F32); err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS(files)
	all["generation_config.json"] = &fstest.MapFile{Data: []byte(`{"eos_token_id": [257]}`)}
	return all
}

// Writing stops where the model says that its texts end, and shows that on request; so
// it does of a model that was trained further.
func TestWritingStopsAtTheEnd(t *testing.T) {
	d := sit(t)
	for says, want := range map[int]int{257: 0, 'x': 8} {
		d.commands <- &protocol.Import{Names: []string{"m"}, Files: stubborn(t, says)}
		next[*protocol.Model](d)
		d.commands <- &protocol.Generate{Request: as(1), Prompt: "the", Tokens: 8}
		if g := next[*protocol.Generated](d); g.Tokens != want || g.Cancelled || g.Ended != (want == 0) {
			t.Errorf("of %d it wrote %+v, want %d tokens", says, g, want)
		}
	}
	d.commands <- &protocol.Import{Names: []string{"m"}, Files: stubborn(t, 257)}
	next[*protocol.Model](d)
	d.commands <- &protocol.Generate{Request: as(2), Prompt: "the", Tokens: 8, ShowEnd: true}
	if w := next[*protocol.Writing](d); len(w.Tokens) != 1 || w.Tokens[0].Text != "<|im_end|>" {
		t.Errorf("on request it shows %+v", w.Tokens)
	}
	if g := next[*protocol.Generated](d); g.Tokens != 1 || !g.Ended {
		t.Errorf("with its end it wrote %+v", g)
	}
}

// What was left out of a model is told.
func TestImportTellsNotes(t *testing.T) {
	d := sit(t)
	files := stubborn(t, 'x')
	files["ema.safetensors"] = &fstest.MapFile{Data: []byte("x")}
	d.commands <- &protocol.Import{Names: []string{"m"}, Files: files}
	if p := d.problem(protocol.ModelNotes); !strings.Contains(p.Detail, "ema.safetensors") {
		t.Errorf("it tells %+v", p)
	}
	files = stubborn(t, 'x')
	head, rest, _ := bytes.Cut(files["tokenizer.json"].Data, []byte(`"added_tokens"`))
	list, tail, _ := bytes.Cut(rest, []byte("["))
	files["tokenizer.json"] = &fstest.MapFile{Data: slices.Concat(head, []byte(`"added_tokens"`), list, []byte(`[{"id":300,"content":"[PAD]","special":true},`), tail)}
	d.commands <- &protocol.Import{Names: []string{"m"}, Files: files}
	if p := d.problem(protocol.ModelNotes); !strings.Contains(p.Detail, "[PAD]") {
		t.Errorf("of a tokenizer it tells %+v", p)
	}
	for code, file := range map[protocol.Code]string{protocol.ModelStandIn: "<!doctype html>", protocol.ModelIncomplete: ""} {
		files := stubborn(t, 'x')
		files["model.safetensors"] = &fstest.MapFile{Data: []byte(file)}
		if file == "" {
			delete(files, "model.safetensors")
		}
		d.commands <- &protocol.Import{Names: []string{"m"}, Files: files}
		d.problem(code)
	}
}
