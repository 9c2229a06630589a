package layout

import (
	"cmp"
	"slices"
	"strings"

	"hornbook/model/recipe"
)

// OwnTargets are our names for the matrices that a list names as PEFT does, or as we
// do: "q_proj,v_proj" is "query,value", "c_attn" is "query,key,value", "all-linear"
// is all of a block. What nobody calls so stays as it is.
func OwnTargets(list string) string {
	var own []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		found := theirs(name)
		if name == "all-linear" {
			found = recipe.LoRATargets[:len(recipe.LoRATargets)-1]
		}
		if len(found) == 0 || slices.Contains(recipe.LoRATargets, name) {
			found = []string{name}
		}
		for _, f := range found {
			if !slices.Contains(own, f) {
				own = append(own, f)
			}
		}
	}
	return strings.Join(own, ",")
}

// theirs are our names for the matrices that some form's module of that name has.
func theirs(name string) (own []string) {
	for _, f := range Families() {
		for _, m := range forms[f].modules {
			if m.hf == "" || m.hf != name && !strings.HasSuffix(m.hf, "."+name) {
				continue
			}
			for _, ours := range m.ours {
				if f == DeepSeek && (strings.HasSuffix(ours, ".key") || strings.HasSuffix(ours, ".value")) {
					continue // of c; no adapter is on them
				}
				last := recipe.Target(ours)
				if slices.Contains(recipe.LoRATargets, last) && !slices.Contains(own, last) {
					own = append(own, last)
				}
			}
		}
	}
	slices.SortFunc(own, func(a, b string) int {
		return cmp.Compare(slices.Index(recipe.LoRATargets, a), slices.Index(recipe.LoRATargets, b))
	})
	return own
}
