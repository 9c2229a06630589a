package wording

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"unicode"
)

// Languages are those that there is a catalogue for, by their BCP 47 tags; the
// first is the one that the others are translated from.
var Languages = []string{"en", "de", "es", "ar"}

//go:embed catalogue/*.json
var catalogues embed.FS

// Words are all that a person reads, in one language.
type Words struct {
	Language string // one of Languages
	phrases  map[string]phrase
	style    style
}

// New reads the catalogue of a language. Another tag than those of Languages
// is a caller's mistake; Match chooses one.
func New(language string) *Words {
	file, err := catalogues.ReadFile("catalogue/" + language + ".json")
	if err != nil {
		panic("wording: no catalogue of " + language)
	}
	w := &Words{Language: language, style: styles[language]}
	if err := json.Unmarshal(file, &w.phrases); err != nil {
		panic(fmt.Sprintf("wording: the catalogue of %s: %v", language, err))
	}
	return w
}

// Reworded is w with other texts under some keys, for those who say the same
// elsewhere.
func (w *Words) Reworded(texts map[string]string) *Words {
	other := *w
	other.phrases = maps.Clone(w.phrases)
	for key, text := range texts {
		if w.phrases[key] == nil {
			panic("wording: nobody says " + key)
		}
		other.phrases[key] = phrase{"other": text}
	}
	return &other
}

// Match is the first of the tags that a browser prefers for which there is a
// catalogue, whatever its region; else the first of Languages.
func Match(preferred []string) string {
	for _, tag := range preferred {
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		for _, language := range Languages {
			if base == language {
				return language
			}
		}
	}
	return Languages[0]
}

// RightToLeft tells whether the language is written from right to left.
func (w *Words) RightToLeft() bool { return w.Language == "ar" }

// A phrase is what a key says: one text or, where it counts something, one for
// each plural form that the language has, by CLDR's names.
type phrase map[string]string

// UnmarshalJSON takes a text, or an object of plural forms.
func (p *phrase) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*p = phrase{"other": text}
		return nil
	}
	var forms map[string]string
	if err := json.Unmarshal(b, &forms); err != nil {
		return err
	}
	*p = forms
	return nil
}

// form is the text for n of what is counted.
func (p phrase) form(category string) string {
	if text, has := p[category]; has {
		return text
	}
	return p["other"]
}

// Say is what stands in the catalogue under key, with its placeholders {name}
// filled in from pairs of a name and a value. A whole number is written as
// Count does, and the first of them chooses the plural form; any other value
// is a string. A key that is not there says itself.
func (w *Words) Say(key string, pairs ...any) string {
	p, known := w.phrases[key]
	if !known {
		return key
	}
	category, counted := "other", false
	fill := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		value := ""
		switch v := pairs[i+1].(type) {
		case int:
			if value = w.Count(v); !counted {
				category, counted = w.style.plural(v), true
			}
		case string:
			value = w.isolated(v)
		default:
			panic(fmt.Sprintf("wording: %s: {%v} is a %T, neither a whole number nor a text", key, pairs[i], v))
		}
		fill = append(fill, "{"+pairs[i].(string)+"}", value)
	}
	return strings.NewReplacer(fill...).Replace(p.form(category))
}

// List puts several things in a row.
func (w *Words) List(things ...string) string { return strings.Join(things, w.Say("comma")) }

// Marks that keep the direction of a text in the midst of another (Unicode
// standard annex 9: first strong isolate, pop directional isolate).
const firstStrong, pop = "\u2068", "\u2069"

// isolated keeps the direction of a value from that of the sentence around it,
// where the two may differ.
func (w *Words) isolated(text string) string {
	if w.RightToLeft() || strings.ContainsFunc(text, rightToLeft) {
		return firstStrong + text + pop
	}
	return text
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// endonyms are the languages' names in themselves.
var endonyms = map[string]string{"en": "English", "de": "Deutsch", "es": "Español", "ar": "العربية"}

// Endonym is what a language calls itself.
func Endonym(language string) string { return endonyms[language] }
