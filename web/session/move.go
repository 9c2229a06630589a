package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// export makes a file of a model.
func (s *Session) export(c *protocol.Export) {
	kept, problem := s.exported(c.ModelID)
	if problem == nil && !slices.Contains(protocol.DTypes[c.Format], c.DType) {
		problem = &protocol.Problem{Code: protocol.BadMessage, Detail: fmt.Sprintf("no format %q with numbers of %q", c.Format, c.DType)}
	}
	if problem != nil {
		s.voice.tell(problem)
		return
	}
	if need := exportCopies * 4 * float64(kept.Model.Weights.Len()); need > s.host.Memory {
		s.voice.tell(&protocol.Problem{Code: protocol.ModelTooLarge, Got: fmt.Sprintf("%.0f", need), Want: fmt.Sprintf("%.0f", s.host.Memory)})
		return
	}
	var file *protocol.File
	var err error
	if c.Format == handoffFormat {
		file, problem = s.handedOff(c.ModelID, kept)
		if s.voice.problem(problem) {
			return
		}
	} else {
		file, err = written(kept, c.Format, format.DType(c.DType))
	}
	if err != nil {
		s.voice.tell(&protocol.Problem{Code: protocol.ExportImpossible, Got: c.Format, Detail: err.Error()})
		return
	}
	s.voice.tell(file)
}

// exportCopies is how many times a model lies in memory while a file is made of
// it: itself, a copy with its adapter merged, the file, and the browser's.
const exportCopies = 4

// exported is the model to be exported: one that is kept, or for "" the open
// one as it is.
func (s *Session) exported(id string) (checkpoint.Run, *protocol.Problem) {
	open := s.library.open()
	switch {
	case id != "" && !s.library.isOpen(id):
		return s.library.load(id)
	case open == nil:
		return checkpoint.Run{}, &protocol.Problem{Code: protocol.NoModel}
	}
	if s.runner.running() {
		s.library.catchUp(s.phase, s.runner.progress())
	}
	kept := open.Run
	s.runner.state(s.phase)(&kept)
	return kept, nil
}

// written is kept as a file of a format.
func written(kept checkpoint.Run, into string, t format.DType) (*protocol.File, error) {
	var b bytes.Buffer
	var err error
	file, name := &protocol.File{}, slug(kept.Name)
	if _, has := kept.Model.Adapter(); has && !kept.Model.Adapting() && into != "zip" && into != "peft" && into != protocol.Shared {
		kept.Model = kept.Model.Clone() // switched off, it is left out
		kept.Model.DropAdapter()
	}
	switch into {
	case "zip":
		file.Name, err = name+".zip", exchange.WriteZip(&b, kept)
	case protocol.Shared:
		file.Name, err = name+".zip", exchange.ZipShared(&b, kept)
	case "hf":
		file.Name, err = name+"-hf.zip", exchange.ZipHF(&b, kept, t)
	case "safetensors":
		file.Name, err = name+".safetensors", exchange.WriteSafetensors(&b, kept, t)
	case "gguf":
		var notes []string
		file.Name = fmt.Sprintf("%s-%s.gguf", name, t)
		if notes, err = exchange.WriteGGUF(&b, kept, t); len(notes) > 0 {
			file.Note = protocol.NearGELU
		}
	case "peft":
		file.Name, err = name+"-adapter.zip", exchange.ZipAdapter(&b, kept)
	}
	file.Data, file.Size = b.Bytes(), int64(b.Len())
	return file, err
}

// slug is name as a file can be called everywhere.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "model"
	}
	return strings.Join(words, "-")
}

// manyBytes is the memory that a model may take without asking.
const manyBytes = 256 << 20

// importModel brings a model in, or an adapter for the open one.
func (s *Session) importModel(c *protocol.Import) {
	s.voice.tell(&protocol.Working{Task: "import", Total: 1})
	if exchange.IsAdapter(c.Files) {
		s.importAdapter(c)
		return
	}
	if need, err := exchange.Need(c.Files); err == nil && need.Bytes > manyBytes && need.Bytes <= s.host.Memory && !c.Agreed {
		s.voice.tell(&protocol.Needs{Name: nameOf(c), Parameters: need.Parameters, Bytes: int64(need.Bytes)})
		return
	}
	kept, notes, err := exchange.Import(c.Files, s.host.Memory)
	if err != nil {
		s.voice.tell(unopened(err))
		return
	}
	if kept.Name == "" {
		kept.Name = nameOf(c)
	}
	s.enter(s.library.adopt(kept), kept)
	if len(notes) > 0 {
		s.voice.tell(&protocol.Problem{Code: protocol.ModelNotes, Detail: strings.Join(notes, "; ")})
	}
}

// nameOf is what to call a model that does not say: its folder, or the first of
// its files that is not called as every model's is.
func nameOf(c *protocol.Import) string {
	for _, name := range c.Names {
		folder, _, inFolder := strings.Cut(name, "/")
		if inFolder {
			return folder
		}
		end := path.Ext(name)
		name = strings.TrimSuffix(name, end)
		if slices.Contains(weightFiles, strings.ToLower(end)) && !slices.ContainsFunc(commonNames, func(common string) bool { return strings.HasPrefix(name, common) }) {
			return name
		}
	}
	return c.Name
}

var (
	weightFiles = []string{".zip", ".gguf", ".safetensors"}                                      // whose names say whose weights they are
	commonNames = []string{"model", "pytorch_model", "adapter_model", "consolidated", "weights"} // but for these
)

// importAdapter lays an adapter on the open model.
func (s *Session) importAdapter(c *protocol.Import) {
	open := s.library.open()
	if open == nil {
		s.voice.tell(&protocol.Problem{Code: protocol.NoModel})
		return
	}
	kept := open.Run
	m, err := exchange.ReadAdapter(c.Files, kept.Model)
	if err != nil {
		told := unopened(err)
		if told.Code == protocol.ModelUnsupported {
			told.Code = protocol.AdapterUnsupported
		}
		s.voice.tell(told)
		return
	}
	kept.From = &checkpoint.Origin{Name: kept.Name, ID: open.id}
	kept.Model, kept.State, kept.Name = m, "done", nameOf(c)
	kept.Recipe.SetMethod(recipe.Lora)
	kept.Recipe.Tuning.LoRA, _ = m.Adapter()
	s.enter(s.library.adopt(kept), kept)
}

// adapt lets the open model compute with its adapter, or without.
func (s *Session) adapt(c *protocol.Adapt) {
	if !s.voice.problem(s.library.use(c.On)) {
		s.writer.restart()
	}
}

// merge makes the open model's adapter a part of its weights, in a model of
// its own.
func (s *Session) merge() {
	open := s.library.open()
	if open == nil {
		s.voice.tell(&protocol.Problem{Code: protocol.NoModel})
		return
	}
	kept := open.Run
	if _, has := kept.Model.Adapter(); !has {
		s.voice.tell(&protocol.Problem{Code: protocol.AdapterNone})
		return
	}
	kept.Model = kept.Model.Clone()
	kept.Model.Merge()
	kept.State = "done"
	kept.Recipe.SetMethod(recipe.Full)
	s.enter(s.library.adopt(kept), kept)
}

// unopened is why a model was not opened or written.
func unopened(err error) *protocol.Problem {
	told := &protocol.Problem{Code: protocol.ModelDamaged, Detail: err.Error()}
	var large *checkpoint.TooLarge
	var p *format.Problem
	switch {
	case errors.As(err, &large):
		told.Code, told.Got, told.Want = protocol.ModelTooLarge, fmt.Sprintf("%.0f", large.Bytes), fmt.Sprintf("%.0f", large.Limit)
	case errors.As(err, &p):
		told.Code, told.Got = kinds[p.Kind], p.File
	case errors.Is(err, fs.ErrNotExist):
		told.Code = protocol.ModelUnknown
	case errors.Is(err, shelf.ErrNewer):
		told.Code = protocol.ModelUnsupported
	}
	return told
}

// kinds are what a checkpoint's problems are called here.
var kinds = map[format.Kind]protocol.Code{
	format.NotModel: protocol.ModelNone, format.Damaged: protocol.ModelDamaged, format.Incomplete: protocol.ModelIncomplete, format.StandIn: protocol.ModelStandIn, format.Stranger: protocol.AdapterStranger,
	format.Unsupported: protocol.ModelUnsupported, format.TooLong: protocol.ModelUnsafe, format.UnsafeName: protocol.ModelUnsafe,
}
