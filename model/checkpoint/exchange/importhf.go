package exchange

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
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
	if o.Run.Papers, err = layout.ReadPapers(fsys, names, o.Run.Tokenizer.Size()); err != nil {
		return nil, err
	}
	o.Notes = append(o.Notes, layout.Undone(o.Run.Papers)...)
	if err = addShards(o, fsys, names); err != nil {
		return nil, err
	}
	if err = usualNames(o, f); err != nil {
		return nil, err
	}
	if err = knownTypes(o, "F32", "F16", "BF16"); err != nil {
		return nil, err
	}
	switch head := layout.HeadName(f); {
	case m.Tied && has(o.Tensors, head): // mostly a copy of the embedding
		base, first := layout.Prefix(f)
		o.Copy, o.CopyOf = o.Tensors[head], base+first
		o.CopyNote = fmt.Sprintf("the head that lies in the file (%s) is another than the embedding; it is left out, as transformers do, since the configuration says that they are one (tie_word_embeddings)", head)
		delete(o.Tensors, head)
	case m.Tied:
	case !has(o.Tensors, head):
		m.Tied = true
		o.Notes = append(o.Notes, fmt.Sprintf("the head (%s) is missing, though the configuration says that it is not the embedding (tie_word_embeddings); the embedding is taken for it", head))
	}
	told(&m, o.Tensors)
	denied(o, f, text)
	if f == layout.DeepSeek && has(o.Tensors, layout.AheadName(m.Layers)) {
		m.Ahead = 1
	}
	biases(&m, f, o.Tensors)
	o.Layout = func(g *model.GPT) []layout.Slot { return layout.HuggingFace(g, f) }
	return o, settle(o, m, layout.ConfigFile)
}

const (
	indexFile = "model.safetensors.index.json"
	maxIndex  = 4 << 20 // bytes
)

// addShards opens the files of weights: those that the index names, if there is
// one and they are all there, else the ones that chosen takes.
func addShards(o *checkpoint.Opening, fsys fs.FS, names []string) error {
	weights := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !hasEnding(name, ".safetensors") })
	places, err := indexed(fsys, names)
	if err != nil {
		return err
	}
	files := slices.Compact(slices.Sorted(maps.Values(places)))
	missing := slices.IndexFunc(files, func(name string) bool { return !slices.Contains(names, name) })
	switch whole := slices.Contains(weights, layout.WeightsFile) && !slices.Contains(files, layout.WeightsFile); {
	case places == nil || missing >= 0 && whole: // perhaps the whole, with an index of parts that are not there
		places = nil
		if files, err = chosen(weights); err != nil {
			return err
		}
	case missing >= 0:
		return format.Wrong(format.Incomplete, files[missing], "it is missing: the index says that a part of the weights lies in it; give it too")
	}
	o.File = files[0]
	for _, name := range files {
		if err := o.AddSafetensors(fsys, name); err != nil {
			return err
		}
	}
	for tensor, name := range places {
		if t, has := o.Tensors[tensor]; !has || t.File != name {
			return format.Wrong(format.Damaged, indexFile, "tensor %q should lie in %s, but does not", tensor, name)
		}
	}
	if beside := slices.DeleteFunc(weights, func(name string) bool { return slices.Contains(files, name) }); len(beside) > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("the weights are those of %s; what lies beside is not looked at (%s)", listed(files), listed(beside)))
	}
	return nil
}

// listed are names for a sentence, the first few of many.
func listed(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most-1], ", "), len(names)-most+1)
	}
	return strings.Join(names, ", ")
}

// shardName is how a part of a model is named.
var shardName = regexp.MustCompile(`^(.*)-(\d{5})-of-(\d{5})\.(?i:safetensors)$`)

// chosen are those of several files of weights, without an index, that are the
// model: the one that is called so, all of its parts, or the only one that is
// neither an average of weights (EMA) nor the maker's own copy (consolidated).
func chosen(files []string) ([]string, error) {
	if slices.Contains(files, layout.WeightsFile) {
		return []string{layout.WeightsFile}, nil
	}
	var parts, single []string
	for _, name := range files {
		low := strings.ToLower(name)
		if shard := shardName.FindStringSubmatch(name); shard != nil {
			parts = append(parts, name)
		} else if len(files) == 1 || !strings.Contains(low, "ema") && !strings.HasPrefix(low, "consolidated") && !strings.HasPrefix(low, "optimizer") {
			single = append(single, name)
		}
	}
	if len(parts) > 0 {
		shard := shardName.FindStringSubmatch(parts[0])
		count, _ := strconv.Atoi(shard[3])
		for i := range count {
			name := fmt.Sprintf("%s-%05d-of-%s.safetensors", shard[1], i+1, shard[3])
			if !slices.Contains(parts, name) {
				return nil, format.Wrong(format.Incomplete, name, "it is missing: the weights lie in %d files; give all of them", count)
			}
		}
		if len(parts) == count {
			return parts, nil
		}
	}
	if len(single) == 1 && len(parts) == 0 {
		return single, nil
	}
	return nil, format.Wrong(format.Incomplete, indexFile, "it is missing: it says which of the weights (%s) belong together; give it too, or one of them alone", listed(files))
}

// indexed says in which file each tensor lies, by the index; nil if there is none.
func indexed(fsys fs.FS, names []string) (map[string]string, error) {
	if !slices.Contains(names, indexFile) {
		return nil, nil
	}
	text, err := format.Whole(fsys, indexFile, maxIndex)
	if err != nil {
		return nil, err
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(layout.Loose(text), &index); err != nil {
		return nil, format.Unreadable(indexFile, err)
	}
	for _, name := range index.WeightMap {
		if !fs.ValidPath(name) || strings.ContainsAny(name, "/\\:") {
			return nil, format.Wrong(format.UnsafeName, indexFile, "it names a file %q outside of the folder", name)
		}
	}
	if len(index.WeightMap) == 0 {
		return nil, format.Wrong(format.Damaged, indexFile, "it names no weights; get it again")
	}
	return index.WeightMap, nil
}

// computed are the last parts of the names of tensors that some versions save
// though they can be computed: masks of attention, places, and RoPE's frequencies; and
// what a block that looks ahead shares with the model.
var computed = []string{".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached", "position_ids", ".shared_head.head.weight", ".embed_tokens.weight"}

// wrappers are what PyTorch puts into the names of tensors where a module is
// compiled, or divided among machines.
var wrappers = []string{"_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "_forward_module."}

// usualNames makes o's tensors those of a model of form f, under the names that a
// model has which nothing is wrapped around. It leaves out what can be computed,
// and what lies beside the model, as a value head, with a note.
func usualNames(o *checkpoint.Opening, f layout.Family) error {
	base, first := layout.Prefix(f)
	plain := map[string]layout.Stored{}
	for name, t := range o.Tensors {
		bare := name
		for _, w := range wrappers {
			bare = strings.ReplaceAll(bare, w, "")
		}
		if other, twice := plain[bare]; twice {
			return format.Wrong(format.Damaged, t.File, "tensor %q lies in it twice, and in %s, with and without what PyTorch wraps around a name", bare, other.File)
		}
		plain[bare] = t
	}
	before, headless, found := wrapped(plain, base, first)
	if !found {
		return format.Wrong(format.Unsupported, o.File, "its tensors are not called as those of %s are: there is no %q, but %s; save the model with transformers' save_pretrained", layout.Architecture(f), base+first, listed(slices.Sorted(maps.Keys(plain))))
	}
	out, beside := map[string]layout.Stored{}, []string(nil)
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		bare, inside := strings.CutPrefix(name, before)
		if headless && bare != layout.HeadName(f) {
			bare = base + bare
		}
		place := layout.Place(f, bare)
		switch {
		case inside && !place && slices.ContainsFunc(computed, func(end string) bool { return strings.HasSuffix(bare, end) }):
		case inside && (place || layout.Within(f, bare)):
			out[bare] = plain[name]
		default:
			beside = append(beside, name)
		}
	}
	if len(beside) > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("tensors beside the model, which writing does not need, are left out: %s", listed(beside)))
	}
	o.Tensors = out
	return nil
}

// wrapped is what stands before the names of a model's tensors, among them that of
// its embedding; headless where base is lacking behind it, as of a model that was
// saved without its head. Of several the shortest is taken.
func wrapped(store map[string]layout.Stored, base, first string) (before string, headless, found bool) {
	for _, end := range []string{base + first, first} {
		for name := range store {
			b, is := strings.CutSuffix(name, end)
			if is && (b == "" || strings.HasSuffix(b, ".")) && (!found || len(b) < len(before)) {
				before, headless, found = b, end == first, true
			}
		}
		if found {
			return before, headless, true
		}
	}
	return "", false, false
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
