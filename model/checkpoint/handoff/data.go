package handoff

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"

	"hornbook/model/data"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/model/task"
)

// dataFiles are what continue.py learns from. A .bin is whole numbers of 32 bits, the
// lowest byte first:
//
//	ids.bin            a text, or documents one after the other
//	targets.bin        of documents: what is predicted at each place, -1 where nothing counts
//	lengths.bin        of documents
//	old.bin            a text like the old
//	pairs.bin          answers with their prompts, each chosen one before the rejected one
//	pairs_lengths.bin, pairs_prompts.bin   tokens of each, and of its prompt
//	prompts.jsonl      what is asked and rewarded: {"prompt","answer","ids"}; held.jsonl the same, held out
//	pieces.json        the bytes of each token, a character each
func dataFiles(r Run) (files []format.Written) {
	add := func(name string, ids []int32) { files = append(files, numbers("data/"+name, ids)) }
	d := r.Data
	if len(d.Text.IDs) > 0 {
		add("ids.bin", d.Text.IDs)
	}
	if len(d.Text.Lengths) > 0 {
		add("targets.bin", d.Text.Targets)
		add("lengths.bin", d.Text.Lengths)
	}
	if len(d.Old.IDs) > 0 {
		add("old.bin", d.Old.IDs)
	}
	if len(d.Chosen) > 0 {
		ids, lengths, prompts := together(d.Chosen, d.Rejected)
		add("pairs.bin", ids)
		add("pairs_lengths.bin", lengths)
		add("pairs_prompts.bin", prompts)
	}
	if d.Job != nil {
		files = append(files, asked(r, "data/prompts.jsonl", d.Job.Asked), asked(r, "data/held.jsonl", d.Job.Held), pieces(r))
	}
	return files
}

// numbers is a file of them.
func numbers(name string, list []int32) format.Written {
	return format.Written{Name: name, Write: func(w io.Writer) error {
		b := bufio.NewWriter(w)
		var four [4]byte
		for _, x := range list {
			binary.LittleEndian.PutUint32(four[:], uint32(x))
			if _, err := b.Write(four[:]); err != nil {
				return err
			}
		}
		return b.Flush()
	}}
}

// together are pairs one after the other.
func together(chosen, rejected []data.Sequence) (ids, lengths, prompts []int32) {
	for i := range chosen {
		for _, s := range []data.Sequence{chosen[i], rejected[i]} {
			ids = append(ids, s.IDs...)
			lengths, prompts = append(lengths, int32(len(s.IDs))), append(prompts, int32(s.Prompt))
		}
	}
	return ids, lengths, prompts
}

// asked are examples, a line each.
func asked(r Run, name string, list []task.Example) format.Written {
	return lines(name, len(list), func(i int) any {
		return struct {
			Prompt string  `json:"prompt"`
			Answer string  `json:"answer"`
			IDs    []int32 `json:"ids"`
		}{list[i].Prompt, list[i].Answer, r.Data.Ask.Prompt(list[i].Prompt)}
	})
}

// lines are n values, a line of JSON each.
func lines(name string, n int, value func(i int) any) format.Written {
	return format.Written{Name: name, Write: func(w io.Writer) error {
		b := bufio.NewWriter(w)
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		for i := range n {
			if err := enc.Encode(value(i)); err != nil {
				return err
			}
		}
		return b.Flush()
	}}
}

func pieces(r Run) format.Written {
	list := make([]string, r.Tokenizer.Size())
	for id := range list {
		list[id] = latin1(r.Tokenizer.Piece(int32(id)))
	}
	return format.Text("data/pieces.json", func() ([]byte, error) {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		err := enc.Encode(list)
		return out.Bytes(), err
	})
}

// sourceFile is what people and other programs read in place of ids, and Hornbook
// where it goes on.
func sourceFile(r Run) format.Written { return file("data/"+sourceName(r.Recipe), r.Source) }

func sourceName(r recipe.Recipe) string {
	switch {
	case r.Objective == recipe.SFT:
		return "chat.jsonl"
	case r.Objective == recipe.DPO:
		return "pairs.jsonl"
	case r.Objective == recipe.GRPO && r.Rewards.Task == "":
		return "tasks.jsonl"
	case r.Objective == recipe.GRPO:
		return "demonstrations.jsonl"
	}
	return "text.txt"
}
