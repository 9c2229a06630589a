package session

import (
	"io/fs"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// A model of a lesson comes from the host, whatever the shelf has, with the one that it
// was made from beside it; and so it is found again by what is taught further from it.
func TestModelsOfLessons(t *testing.T) {
	d := sit(t)
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	d.state("done")
	base := d.exported()
	d.leave()
	taught := copied(t, base)
	r := tuning("lora")
	r.Model, r.Steps = taught.Recipe.Model, 2
	equip(taught.Model, r)
	taught.Recipe, taught.From = r, &checkpoint.Origin{Name: "base", ID: protocol.Base}
	load := func(id string) (checkpoint.Run, error) {
		switch id {
		case protocol.Base:
			return copied(t, base), nil
		case protocol.OfLesson + "answers":
			return copied(t, taught), nil
		}
		return checkpoint.Run{}, fs.ErrNotExist
	}
	disk := folder(t)
	for _, kept := range []*shelf.Shelf{nil, shelf.New(disk)} {
		d = sitAt(t, Host{Base: true, Load: load, Shelf: kept})
		d.commands <- &protocol.Open{ModelID: "lesson/none"}
		d.problem(protocol.BaseFailed)
		d.commands <- &protocol.Open{ModelID: "lesson/answers"}
		if m := next[*protocol.Model](d); m.ModelID != "lesson/answers" || !m.Before {
			t.Errorf("it opens %+v", m)
		}
		d.state("idle")
		if kept == nil {
			d.leave()
		}
	}
	d.give(rhyme)
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	id := next[*protocol.Model](d).ModelID
	d.state("done")
	for !next[*protocol.Saved](d).Done {
	}
	d.commands <- &protocol.Open{ModelID: protocol.Base}
	d.state("idle")
	d.commands <- &protocol.Open{ModelID: id}
	for m := next[*protocol.Model](d); ; m = next[*protocol.Model](d) {
		if m.ModelID == id {
			if !m.Before {
				t.Error("what it was taught from is not found again")
			}
			break
		}
	}
}

// exported is the open model as it is kept.
func (d *desk) exported() checkpoint.Run {
	d.Helper()
	d.commands <- &protocol.Export{Format: "zip", DType: "f32"}
	return unzipped(d.T, next[*protocol.File](d).Data)
}
