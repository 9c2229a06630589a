package lesson

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A page has a title, sections and blocks; what is none gives nothing.
func TestReadPage(t *testing.T) {
	got := ReadPage("\n# How it works\n\nOne\nline.\n\nAnother.\n\n## What it cost\n\n- much **more**\n| a | b |\n")
	if len(got) != 2 || got[0].Title != "How it works" || len(got[0].Blocks) != 2 || Plain(got[0].Blocks) != "One line." || got[1].Title != "What it cost" {
		t.Fatalf("it reads %+v", got)
	}
	if b := got[1].Blocks; len(b) != 2 || b[0].Kind != "item" || b[0].Line[1].Kind != "strong" || b[1].Kind != "row" || len(b[1].Cells) != 2 {
		t.Errorf("the blocks are %+v", b)
	}
	for _, bad := range []string{"", "no title", "## A section\n# A title", "# \xff", "# " + strings.Repeat("x", MostBytes)} {
		if got := ReadPage(bad); got != nil {
			t.Errorf("%.20q is read as %+v", bad, got)
		}
	}
}

// Each page is there in all languages, with the same parts and the same numbers.
func TestPages(t *testing.T) {
	paths, _ := filepath.Glob("pages/*.en.md")
	if len(paths) == 0 {
		t.Fatal("there are no pages")
	}
	for _, path := range paths {
		var parts []string
		var numbers []string
		for _, language := range languages {
			name := strings.TrimSuffix(path, "en.md") + language + ".md"
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			page := ReadPage(string(text))
			if page == nil || strings.Contains(string(text), "@") {
				t.Fatalf("%s is no page", name)
			}
			if found := humans[language].FindString(string(text)); found != "" {
				t.Errorf("%s says %q", name, found)
			}
			var kinds []string
			for _, s := range page {
				kinds = append(kinds, "#")
				for _, b := range s.Blocks {
					kinds = append(kinds, b.Kind)
				}
			}
			said := slices.Sorted(slices.Values(number.FindAllString(string(text), -1)))
			for i := range said {
				said[i] = strings.NewReplacer(".", "", ",", "").Replace(said[i])
			}
			slices.Sort(said)
			if parts == nil {
				parts, numbers = kinds, said
			}
			if !slices.Equal(kinds, parts) || !slices.Equal(said, numbers) {
				t.Errorf("%s has the parts %v and the numbers %v, English %v and %v", name, kinds, said, parts, numbers)
			}
		}
	}
}

var number = regexp.MustCompile(`[0-9](?:[0-9.,]*[0-9])?`)
