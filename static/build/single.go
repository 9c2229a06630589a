package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// single puts the built page into one file, which opens without a server:
// scripts, styles and icon where index.html names them, and all else packed
// before the scripts (static/src/files.js says how).
func single(to string) error {
	index, err := os.ReadFile(filepath.Join(dist, "index.html"))
	if err != nil {
		return fmt.Errorf("%w (run `make build` first)", err)
	}
	p := &singlePage{page: string(index), inlined: []string{"index.html"}}
	for _, part := range []func() error{p.links, p.scripts, p.pack} {
		if err := part(); err != nil {
			return err
		}
	}
	const charset = `<meta charset="utf-8">`
	p.page = strings.Replace(p.page, charset, charset+"\n  "+p.policy(), 1)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	fmt.Printf("%s: %.2f MB\n", to, float64(len(p.page))/1e6)
	return os.WriteFile(to, []byte(p.page), 0o644)
}

// singlePage is the page while it takes in its files.
type singlePage struct {
	page            string
	inlined         []string // names that are not to be packed
	scripted, style []string // the digests of what may run and dress the page
}

var (
	link   = regexp.MustCompile(`\n *<link rel="([^"]*)" href="([^"]*)"[^>]*>`)
	script = regexp.MustCompile(`<script src="([^"]*)"></script>`)
)

// replace gives each match of a pattern what part makes of its groups.
func (p *singlePage) replace(pattern *regexp.Regexp, part func(groups []string) (string, error)) (err error) {
	p.page = pattern.ReplaceAllStringFunc(p.page, func(match string) string {
		text, failed := part(pattern.FindStringSubmatch(match))
		if failed != nil {
			err = failed
		}
		return text
	})
	return err
}

// links takes in styles and the icon, and leaves out what only a server's page
// needs.
func (p *singlePage) links() error {
	return p.replace(link, func(groups []string) (string, error) {
		rel, name := groups[1], groups[2]
		if rel == "preload" {
			return "", nil
		}
		body, err := p.inline(name)
		switch {
		case err != nil || rel == "manifest" || rel == "apple-touch-icon":
			return "", err
		case rel == "stylesheet":
			p.style = append(p.style, digest(body))
			return "\n<style>" + body + "</style>", nil
		case rel == "icon":
			return `<link rel="icon" href="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(body)) + `">`, nil
		}
		return "", fmt.Errorf("index.html has a link %q, which the single file does not know", rel)
	})
}

// scripts takes in the scripts, the one that unpacks before all others.
func (p *singlePage) scripts() error {
	first, err := os.ReadFile(src + "/single.js")
	if err != nil {
		return err
	}
	unpack := p.script(string(first))
	err = p.replace(script, func(groups []string) (string, error) {
		body, err := p.inline(groups[1])
		return p.script(body), err
	})
	p.page = strings.Replace(p.page, scriptTag, unpack+"\n  "+scriptTag, 1)
	return err
}

// scriptTag begins the page's first script once it has taken them in.
const scriptTag = "<script>"

func (p *singlePage) script(body string) string {
	p.scripted = append(p.scripted, digest(body))
	return scriptTag + body + "</script>"
}

// pack puts before the scripts what they will ask for: the scripts from which
// workers start, and the modules, samples and the rest, packed.
func (p *singlePage) pack() error {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(workers)) {
		script, err := p.inline(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "<script type=\"text/plain\" data-worker=\"%s\">%s</script>\n  ", name, script)
	}
	names, err := files()
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.Contains(p.inlined, name) || slices.Contains(served, path.Ext(name)) || name == "sw.js" {
			continue
		}
		text, err := packed(name)
		if err != nil {
			return err
		}
		out.WriteString(text)
	}
	p.page = strings.Replace(p.page, scriptTag, out.String()+scriptTag, 1)
	return nil
}

// served are the kinds of files that only a server's page needs.
var served = []string{".br", ".gz", ".png", ".webmanifest"}

// packed is a file as text in the page. A fused module is written as what
// differs from the plain one, which is little.
func packed(name string) (string, error) {
	body, err := os.ReadFile(filepath.Join(dist, name))
	if err != nil {
		return "", err
	}
	over := ""
	if plain := strings.Replace(name, ".fused.wasm", ".wasm", 1); plain != name {
		other, err := os.ReadFile(filepath.Join(dist, plain))
		if err != nil {
			return "", err
		}
		if len(other) != len(body) {
			return "", fmt.Errorf("%s has another length than %s", name, plain)
		}
		for i := range body {
			body[i] ^= other[i]
		}
		over = fmt.Sprintf(` data-over="%s"`, html.EscapeString(plain))
	}
	var out bytes.Buffer
	if err := zip(&out, body); err != nil {
		return "", err
	}
	return fmt.Sprintf("<script type=\"text/plain\" data-file=\"%s\"%s>%s</script>\n  ", html.EscapeString(name), over,
		base64.StdEncoding.EncodeToString(out.Bytes())), nil
}

func zip(to io.Writer, body []byte) error {
	w := gzipped(to)
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close()
}

// inline reads a file that is to stand in the page as it is.
func (p *singlePage) inline(name string) (string, error) {
	p.inlined = append(p.inlined, name)
	body, err := os.ReadFile(filepath.Join(dist, name))
	text := string(body)
	for _, end := range []string{"</script", "</style", "<!--"} {
		if strings.Contains(text, end) {
			return "", fmt.Errorf("%s has %q in it and cannot stand in a page", name, end)
		}
	}
	return text, err
}

// policy is the page's Content Security Policy: no script and no style but
// those in it, nothing from anywhere, workers of its own making.
func (p *singlePage) policy() string {
	return fmt.Sprintf(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src %s 'wasm-unsafe-eval'; `+
		`style-src %s; img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'">`,
		strings.Join(p.scripted, " "), strings.Join(p.style, " "))
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
