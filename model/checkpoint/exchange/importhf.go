package exchange

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
)

// openHF looks at files of a Hugging Face folder.
func openHF(fsys fs.FS, names []string) (_ *checkpoint.Opening, err error) {
	if !slices.Contains(names, layout.ConfigFile) {
		return nil, format.Wrong(format.Incomplete, layout.ConfigFile, "it is missing: weights alone do not say what model they are of; give the configuration too")
	}
	if err := layout.HasTokenizer(names); err != nil {
		return nil, err
	}
	text, err := format.Whole(fsys, layout.ConfigFile, format.MaxJSON)
	if err != nil {
		return nil, err
	}
	m, f, err := readConfig(text)
	if err != nil {
		return nil, err
	}
	o := &checkpoint.Opening{File: layout.WeightsFile}
	defer func() {
		if err != nil {
			o.Close()
		}
	}()
	if o.Run.Tokenizer, err = layout.ReadTokenizer(fsys); err != nil {
		return nil, err
	}
	if err = addShards(o, fsys, names); err != nil {
		return nil, err
	}
	o.Tensors = usualNames(o.Tensors, f)
	if err = knownTypes(o, "F32", "F16", "BF16"); err != nil {
		return nil, err
	}
	if _, has := o.Tensors["lm_head.weight"]; has && m.Tied {
		delete(o.Tensors, "lm_head.weight") // a copy of the embedding
	} else if !has {
		m.Tied = true
	}
	if f != layout.GPT2 {
		m.Bias = slices.ContainsFunc(slices.Collect(maps.Keys(o.Tensors)), func(name string) bool { return strings.HasSuffix(name, "_proj.bias") })
	}
	o.Layout = func(g *model.GPT) []layout.Slot { return layout.HuggingFace(g, f) }
	return o, settle(o, m, layout.ConfigFile)
}

const (
	indexFile = "model.safetensors.index.json"
	maxIndex  = 4 << 20 // bytes
)

// addShards opens all files of weights: those that the index names, if there
// is one, else the only one.
func addShards(o *checkpoint.Opening, fsys fs.FS, names []string) error {
	if !slices.Contains(names, indexFile) {
		files := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !hasEnding(name, ".safetensors") })
		if len(files) > 1 {
			return format.Wrong(format.Incomplete, indexFile, "it is missing: it says which of the weights (%s) belong together; give it too", strings.Join(files, ", "))
		}
		o.File = files[0]
		return o.AddSafetensors(fsys, files[0])
	}
	text, err := format.Whole(fsys, indexFile, maxIndex)
	if err != nil {
		return err
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return format.Unreadable(indexFile, err)
	}
	files := slices.Compact(slices.Sorted(maps.Values(index.WeightMap)))
	for _, name := range files {
		if !fs.ValidPath(name) || strings.ContainsAny(name, "/\\:") {
			return format.Wrong(format.UnsafeName, indexFile, "it names a file %q outside of the folder", name)
		}
		if !slices.Contains(names, name) {
			return format.Wrong(format.Incomplete, name, "it is missing: the index says that a part of the weights lies in it; give it too")
		}
		if err := o.AddSafetensors(fsys, name); err != nil {
			return err
		}
	}
	for tensor, name := range index.WeightMap {
		if t, has := o.Tensors[tensor]; !has || t.File != name {
			return format.Wrong(format.Damaged, indexFile, "tensor %q should lie in %s, but does not", tensor, name)
		}
	}
	return nil
}

// computed are tensors that some versions save though they can be computed:
// masks of attention, and RoPE's frequencies.
var computed = []string{".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"}

// usualNames leaves out what can be computed, and adds the prefix that a model
// saved without its head lacks.
func usualNames(store map[string]layout.Stored, f layout.Family) map[string]layout.Stored {
	prefix, first := "model.", "embed_tokens.weight"
	if f == layout.GPT2 {
		prefix, first = "transformer.", "wte.weight"
	}
	_, bare := store[first]
	out := map[string]layout.Stored{}
	for name, t := range store {
		if slices.ContainsFunc(computed, func(end string) bool { return strings.HasSuffix(name, end) }) {
			continue
		}
		if bare && name != "lm_head.weight" {
			name = prefix + name
		}
		out[name] = t
	}
	return out
}

// knownTypes refuses tensors of other types.
func knownTypes(o *checkpoint.Opening, types ...string) error {
	for _, name := range slices.Sorted(maps.Keys(o.Tensors)) {
		if t := o.Tensors[name]; !slices.Contains(types, t.DType) {
			return format.Wrong(format.Unsupported, t.File, "tensor %q has numbers of type %s; %s can be opened", name, t.DType, strings.Join(types, ", "))
		}
	}
	return nil
}
