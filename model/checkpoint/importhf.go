package checkpoint

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hornbook/model"
)

// openHF looks at files of a Hugging Face folder.
func openHF(fsys fs.FS, names []string) (_ *opening, err error) {
	if !slices.Contains(names, configFile) {
		return nil, problem(Incomplete, configFile, "it is missing: weights alone do not say what model they are of; give the configuration too")
	}
	if !slices.Contains(names, tokenizerFile) {
		return nil, problem(Incomplete, tokenizerFile, "it is missing: without it no text can be turned into tokens; give it too (transformers write it by save_pretrained of a fast tokenizer)")
	}
	text, err := whole(fsys, configFile, maxJSON)
	if err != nil {
		return nil, err
	}
	m, f, err := readConfig(text)
	if err != nil {
		return nil, err
	}
	o := &opening{file: weightsFile}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if o.run.Tokenizer, err = readTokenizer(fsys); err != nil {
		return nil, err
	}
	if err = o.addShards(fsys, names); err != nil {
		return nil, err
	}
	o.store = usualNames(o.store, f)
	if err = o.knownTypes("F32", "F16", "BF16"); err != nil {
		return nil, err
	}
	if _, has := o.store["lm_head.weight"]; has && m.Tied {
		delete(o.store, "lm_head.weight") // a copy of the embedding
	} else if !has {
		m.Tied = true
	}
	if f != gpt2 {
		m.Bias = slices.ContainsFunc(slices.Collect(maps.Keys(o.store)), func(name string) bool { return strings.HasSuffix(name, "_proj.bias") })
	}
	o.layout = func(g *model.GPT) []slot { return layout(g, f, false) }
	return o, o.settle(m, configFile)
}

// addShards opens all files of weights: those that the index names, if there
// is one, else the only one.
func (o *opening) addShards(fsys fs.FS, names []string) error {
	if !slices.Contains(names, indexFile) {
		files := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !hasEnding(name, ".safetensors") })
		if len(files) > 1 {
			return problem(Incomplete, indexFile, "it is missing: it says which of the weights (%s) belong together; give it too", strings.Join(files, ", "))
		}
		o.file = files[0]
		return o.addSafetensors(fsys, files[0])
	}
	text, err := whole(fsys, indexFile, maxIndex)
	if err != nil {
		return err
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return damaged(indexFile, err)
	}
	files := slices.Compact(slices.Sorted(maps.Values(index.WeightMap)))
	for _, name := range files {
		if !fs.ValidPath(name) || strings.ContainsAny(name, "/\\:") {
			return problem(UnsafeName, indexFile, "it names a file %q outside of the folder", name)
		}
		if !slices.Contains(names, name) {
			return problem(Incomplete, name, "it is missing: the index says that a part of the weights lies in it; give it too")
		}
		if err := o.addSafetensors(fsys, name); err != nil {
			return err
		}
	}
	for tensor, name := range index.WeightMap {
		if t, has := o.store[tensor]; !has || t.file != name {
			return problem(Damaged, indexFile, "tensor %q should lie in %s, but does not", tensor, name)
		}
	}
	return nil
}

// computed are tensors that some versions save though they can be computed:
// masks of attention, and RoPE's frequencies.
var computed = []string{".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"}

// usualNames leaves out what can be computed, and adds the prefix that a model
// saved without its head lacks.
func usualNames(store map[string]stored, f family) map[string]stored {
	prefix, first := "model.", "embed_tokens.weight"
	if f == gpt2 {
		prefix, first = "transformer.", "wte.weight"
	}
	_, bare := store[first]
	out := map[string]stored{}
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
func (o *opening) knownTypes(types ...string) error {
	for _, name := range slices.Sorted(maps.Keys(o.store)) {
		if t := o.store[name]; !slices.Contains(types, t.dtype) {
			return problem(Unsupported, t.file, "tensor %q has numbers of type %s; %s can be opened", name, t.dtype, strings.Join(types, ", "))
		}
	}
	return nil
}
