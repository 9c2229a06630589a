// Package exchange takes models from the formats of other programs and gives them
// away in those: Hugging Face's folders, llama.cpp's GGUF, PEFT's adapters, llama2.c's
// weights; and a run as one zip.
//
// What a file says is weighed by what it can change. A key that changes neither logits
// nor where writing stops is passed over; one that does is done exactly, or refused by
// its name; what is left out or added stands in a note. So of config.json the keys are
// read that its class reads, of GGUF those of its architecture, where whatever is not
// known must say that there is none of it, and so with an adapter's settings. What a
// model says besides of itself (layout.Papers) goes out as it came. A file that is
// whole and something else than its name says is called by what it is (standin.go).
package exchange

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// Import reads a model from what a person gave: the folder or the zip of a run,
// files of a Hugging Face folder, or a GGUF file; they may lie in one folder or
// in one zip. It reads nothing large before it knows that the model takes at
// most limit bytes of memory; else it gives a *TooLarge. What a person should
// know of it stands in notes, whole sentences. Other errors are *Problems.
func Import(fsys fs.FS, limit float64) (run checkpoint.Run, notes []string, err error) {
	o, err := look(fsys)
	if err != nil {
		return checkpoint.Run{}, nil, err
	}
	defer o.Close()
	run, err = o.Load(limit)
	return run, o.Notes, err
}

// Need tells what Import would take. It reads headers, configuration and
// tokenizer only.
func Need(fsys fs.FS) (checkpoint.Needs, error) {
	o, err := look(fsys)
	if err != nil {
		return checkpoint.Needs{}, err
	}
	defer o.Close()
	return o.Needs(), nil
}

// look finds the model in fsys and opens it.
func look(fsys fs.FS) (*checkpoint.Opening, error) {
	if z, is := fsys.(*zip.Reader); is {
		if err := checkZip(z, math.MaxInt64, ""); err != nil {
			return nil, err
		}
	}
	root, names, err := settleOn(fsys)
	if err != nil {
		return nil, err
	}
	if len(names) == 1 && hasEnding(names[0], ".zip") {
		return lookInZip(root, names[0])
	}
	return lookAt(root, names)
}

// lookInZip opens the model in a zip, which must not be another zip.
func lookInZip(fsys fs.FS, name string) (o *checkpoint.Opening, err error) {
	b, err := format.Open(fsys, name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	z, err := openZip(b, b.Size, name)
	if err != nil {
		return nil, err
	}
	root, names, err := settleOn(z)
	if err != nil {
		return nil, err
	}
	if o, err = lookAt(root, names); err != nil {
		return nil, err
	}
	o.Keep(b)
	return o, nil
}

// settleOn goes into a folder that stands alone, and lists the files there.
func settleOn(fsys fs.FS) (root fs.FS, names []string, err error) {
	const deepest = 4
	for range deepest {
		entries, err := fs.ReadDir(fsys, ".")
		if err != nil {
			return nil, nil, format.Unreadable("", err)
		}
		var folders []string
		names = nil
		for _, e := range entries {
			switch {
			case strings.HasPrefix(e.Name(), ".") || e.Name() == "__MACOSX": // what systems put beside
			case e.IsDir():
				folders = append(folders, e.Name())
			default:
				names = append(names, e.Name())
			}
		}
		if len(names) > 0 || len(folders) != 1 {
			break
		}
		if fsys, err = fs.Sub(fsys, folders[0]); err != nil {
			return nil, nil, format.Unreadable(folders[0], err)
		}
	}
	return fsys, names, nil
}

// lookAt opens the model whose files are names.
func lookAt(fsys fs.FS, names []string) (*checkpoint.Opening, error) {
	one := func(ending string) (found []string) {
		for _, name := range names {
			if hasEnding(name, ending) {
				found = append(found, name)
			}
		}
		return found
	}
	models := one(".gguf")
	var parts []string
	split := false
	if len(models) > 0 {
		var err error
		if parts, split, err = partsOf(models); err != nil {
			return nil, err
		}
	}
	if slices.Contains(names, checkpoint.RunFile) {
		return checkpoint.Open(fsys)
	}
	if err := standIn(fsys, usedOf(names)); err != nil {
		return nil, err
	}
	switch {
	case split:
		return openGGUF(fsys, parts)
	case len(models) == 1:
		return openGGUF(fsys, models)
	case len(models) > 1:
		return nil, format.Wrong(format.Unsupported, models[1], "there is more than one model (%s); open them one at a time", strings.Join(models, ", "))
	case slices.Contains(names, layout.AdapterConfigFile) && !slices.Contains(names, layout.ConfigFile):
		return nil, format.Wrong(format.Unsupported, layout.AdapterConfigFile, "this is an adapter alone; open the model that it was made for in Hornbook's page and bring it in there")
	case len(one(".safetensors")) > 0:
		return openHF(fsys, names)
	case len(one(".zip")) > 0:
		return nil, format.Wrong(format.Unsupported, one(".zip")[0], "open a zip alone, and no zip inside a zip")
	}
	for _, name := range one(".bin") {
		if name != llama2cTokens {
			if o, err := openLlama2c(fsys, name, names); o != nil || err != nil {
				return o, err
			}
		}
	}
	if err := cmp.Or(layersModel(fsys, names), foreignWeights(names)); err != nil {
		return nil, err
	}
	if slices.Contains(names, layout.ConfigFile) {
		return nil, format.Wrong(format.Incomplete, layout.WeightsFile, "it is missing beside %s; give it too", layout.ConfigFile)
	}
	if err := standIn(fsys, names); err != nil {
		return nil, err
	}
	return nil, format.Wrong(format.NotModel, "", "there is no model here; open the zip or the folder of a run, files of Hugging Face (config.json, *.safetensors, tokenizer.json), or a .gguf file")
}

// usedOf are those of names that a model is read from: where there are
// safetensors or GGUF files, weights in other formats beside them do not matter.
func usedOf(names []string) []string {
	ours := func(name string) bool { return hasEnding(name, ".safetensors") || hasEnding(name, ".gguf") }
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(names, ours) && !ours(name) && !slices.Contains([]string{layout.ConfigFile, layout.TokenizerFile, layout.AdapterConfigFile, indexFile}, name)
	})
}

func hasEnding(name, ending string) bool { return strings.EqualFold(path.Ext(name), ending) }

// imported is the recipe of a model that came from elsewhere: the default's way
// of training with the model's own shape.
func imported(m recipe.Model, kind string) recipe.Recipe {
	r, _ := recipe.ByName(recipe.Default)
	r.Preset, r.Model, r.Tokenizer = "imported", m, kind
	b := recipe.Limits["vocab_size"]
	r.VocabSize = int(min(max(float64(m.Vocab), b.Min), b.Max))
	return r
}

// NoteContext is Import's note on a model that could see more than Hornbook
// lets it.
const NoteContext = "the model was made for a longer context than Hornbook's largest; it is shortened to that"

// NoteVocabulary is Import's note on rows without a token.
const NoteVocabulary = "the model has rows for more tokens than its tokenizer; they are left out"

// NoteAdded is Import's note on tokens without a row.
const NoteAdded = "tokens were added to the tokenizer that the model has no rows for (%s); they are left out"

// settle makes the shape one that Hornbook can run, or says why there is none.
func settle(o *checkpoint.Opening, m recipe.Model, file string) error {
	if most := int(recipe.Limits["context"].Max); m.Position == "rope" && m.Context > most {
		m.Context = most
		o.Notes = append(o.Notes, NoteContext)
	}
	if n := o.Run.Tokenizer.Size(); n < m.Vocab {
		m.Vocab = n
		o.Notes = append(o.Notes, NoteVocabulary)
	} else if n > m.Vocab {
		smaller, names, err := tokenizer.Shrink(o.Run.Tokenizer, m.Vocab)
		if err != nil {
			return format.Wrong(format.Damaged, file, "the tokenizer has %d tokens, but the model %d; they do not belong together", n, m.Vocab)
		}
		o.Run.Tokenizer = smaller
		o.Notes = append(o.Notes, fmt.Sprintf(NoteAdded, strings.Join(names[:min(len(names), 5)], ", ")))
	}
	o.Notes = append(o.Notes, tokenizer.Notes(o.Run.Tokenizer)...)
	o.Run.Recipe = imported(m, string(o.Run.Tokenizer.Kind()))
	var wrong *recipe.Wrong
	if err := checkpoint.CheckRecipe(o.Run.Recipe); errors.As(err, &wrong) {
		return &format.Problem{Kind: format.Unsupported, File: file, What: "this shape of model is outside of what Hornbook runs", Err: wrong}
	} else if err != nil {
		return format.Unreadable(file, err)
	}
	return nil
}
