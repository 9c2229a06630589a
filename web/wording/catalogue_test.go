package wording

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// placeholders are those of a text, each once, in order.
func placeholders(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(text, -1))))
}

// Each language says all that English says, with the same placeholders, in all
// plural forms that it has; its file is sorted and has no key twice.
func TestCatalogues(t *testing.T) {
	english := New("en")
	forms := map[string][]string{"en": {"one", "other"}, "de": {"one", "other"}, "es": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
	for _, language := range Languages {
		w := New(language)
		for _, key := range slices.Sorted(maps.Keys(english.phrases)) {
			want, phrase := english.phrases[key], w.phrases[key]
			switch {
			case phrase == nil:
				t.Errorf("%s: %s is missing", language, key)
				continue
			case len(want) > 1 != (len(phrase) > 1):
				t.Errorf("%s: %s counts in one language and not in the other", language, key)
			}
			if len(phrase) > 1 {
				if got := slices.Sorted(maps.Keys(phrase)); !slices.Equal(got, slices.Sorted(slices.Values(forms[language]))) {
					t.Errorf("%s: %s has the forms %v", language, key, got)
				}
			}
			for form, text := range phrase {
				missing := placeholders(want["other"])
				if form == "zero" || form == "one" || form == "two" { // which may say the number in a word
					missing = slices.DeleteFunc(missing, func(p string) bool { return p == "{n}" && !strings.Contains(text, p) })
				}
				if got := placeholders(text); !slices.Equal(got, missing) {
					t.Errorf("%s: %s (%s) has %v, English %v", language, key, form, got, missing)
				}
				if strings.TrimSpace(text) == "" && strings.TrimSpace(want["other"]) != "" {
					t.Errorf("%s: %s says nothing", language, key)
				}
			}
		}
		for key := range w.phrases {
			if english.phrases[key] == nil {
				t.Errorf("%s: English has no %s", language, key)
			}
		}
		inOrder(t, language)
	}
}

// inOrder fails where a catalogue is not as it would be written: sorted, each
// key once.
func inOrder(t *testing.T, language string) {
	file, err := os.ReadFile("catalogue/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(file))
	before, depth := "", 0
	for key := true; ; {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' {
				depth++
			} else {
				depth--
			}
			key = true
		case string:
			if key && depth == 1 {
				if v <= before {
					t.Errorf("%s: %s stands after %s", language, v, before)
				}
				before = v
			}
			key = !key || depth > 1
		}
	}
}

// families are keys that are put together from a name, not written whole; named
// are those of them that code asks for as it finds them.
var families = []string{"field_", "choice_", "kind_", "method_", "preset_", "problem_", "run_", "sample_", "task_", "verifier_", "measure_", "objective_", "card_",
	"download_", "dtype_", "product_", "station_", "group_", "term_", "want_", "setting_", "phase_", "trouble_", "axis_", "document_", "foreign_", "format_", "lines_", "omitted_", "changed_", "prefs_taste_", "prefs_shows_", "refused_", "share_what_", "shared_", "sort_", "learn_part_", "learn_paper_", "lesson_wrong_"}

var said = regexp.MustCompile(`"([a-z][a-z0-9_]*)"`)

// Every key that is asked for is there, and every key that is there is asked
// for, as far as keys are written whole.
func TestKeysAreUsed(t *testing.T) {
	english := New("en")
	asked := map[string]bool{}
	say := regexp.MustCompile(`\bSay\("([a-z0-9_]+)"[,)]`)
	for _, path := range sources(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllSubmatch(text, -1) {
			asked[string(m[1])] = true
		}
		for _, m := range say.FindAllSubmatch(text, -1) {
			if english.phrases[string(m[1])] == nil {
				t.Errorf("%s says %q, which no catalogue has", path, m[1])
			}
		}
	}
	for key := range english.phrases {
		family := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) })
		beside := strings.HasSuffix(key, "_of") || strings.HasSuffix(key, "_from")
		if !asked[key] && !family && !beside {
			t.Errorf("nobody says %s", key)
		}
	}
	for _, code := range protocol.Codes {
		if english.phrases["problem_"+string(code)] == nil && code != protocol.Finished {
			t.Errorf("there are no words for %s", code)
		}
	}
}

// A sentence for people stands in a catalogue: no template and no code of the
// page has one of its own.
func TestNoSentencesOutside(t *testing.T) {
	text := regexp.MustCompile(`>[^<>{}]*[A-Za-z]{2,}[^<>{}]*<`)
	sentence := regexp.MustCompile(`"[A-Z][a-z]+ [a-z]+[^"]* [a-z]+[^"]*"`)
	for _, path := range sources(t) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		template, script, _ := bytes.Cut(file, []byte("<script"))
		if strings.HasSuffix(path, ".vugu") {
			for _, m := range text.FindAll(template, -1) {
				t.Errorf("%s has words of its own: %s", path, m)
			}
			file = script
		}
		for line := range bytes.Lines(file) {
			code := bytes.TrimSpace(line)
			if bytes.HasPrefix(code, []byte("//")) || bytes.Contains(code, []byte("panic(")) || bytes.Contains(code, []byte("Errorf(")) {
				continue // for those who program
			}
			if m := sentence.Find(code); m != nil {
				t.Errorf("%s has words of its own: %s", path, m)
			}
		}
	}
}

// sources are the files in which the page speaks.
func sources(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"*.go", "../ui/*.go", "../ui/*.vugu", "../session/*.go", "../../wasm/app/*.go", "../../static/build/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, path := range found {
			if !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_gen.go") {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// What is said around lessons does not say that a model thinks; the lessons' own test
// is in web/lesson.
func TestLessonsDoNotThink(t *testing.T) {
	thinks := map[string]*regexp.Regexp{"en": regexp.MustCompile(`(?i)\bthink|\bthought`), "de": regexp.MustCompile(`(?i)denk`),
		"es": regexp.MustCompile(`(?i)piens|\bpensa`), "ar": regexp.MustCompile(`فكر|فكّر`)}
	for _, language := range Languages {
		for key, phrase := range New(language).phrases {
			for _, text := range phrase {
				if strings.HasPrefix(key, "learn_") && thinks[language].MatchString(text) {
					t.Errorf("%s: %s says %q", language, key, text)
				}
			}
		}
	}
}
