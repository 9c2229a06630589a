package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"hornbook/model/data/document"
	"hornbook/web/protocol"
	"hornbook/web/reading"
)

// asking has the reader's worker read files, and keeps its answer.
const asking = `
	window.answered = "";
	(() => {
		const worker = hornbookWorker(undefined, "reader.js");
		worker.onmessage = ({ data }) => {
			window.answered = JSON.stringify({ Gone: data.gone ?? "", Told: JSON.parse(data.json ?? "[]"), Text: new TextDecoder().decode(data.text) });
			worker.terminate();
		};
		const asked = %s;
		const files = asked.files.map((text, i) => new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], asked.names[i]));
		worker.postMessage({ packed: self.hornbookPacked, files, names: asked.names, encoding: asked.encoding });
	})()`

// reads has the tab read files and compares with what is read natively.
func (p *tab) reads(names []string, files [][]byte, encoding string) {
	p.Helper()
	asked, err := json.Marshal(map[string]any{"names": names, "files": files, "encoding": encoding})
	if err != nil {
		p.Fatal(err)
	}
	p.js(fmt.Sprintf(asking, asked))
	p.until("the files are read", `window.answered !== ""`)
	var got, want struct {
		Gone string
		Told []protocol.Understood
		Text string
	}
	if err := json.Unmarshal([]byte(p.js(`window.answered`)), &got); err != nil {
		p.Fatal(err)
	}
	var list []*document.Document
	for i, name := range names {
		u, d := reading.File(name, files[i], encoding)
		want.Told = append(want.Told, u)
		if d != nil {
			list = append(list, d)
		}
	}
	want.Text = document.Join(list)
	if !reflect.DeepEqual(got, want) {
		g, _ := json.Marshal(got)
		w, _ := json.Marshal(want)
		p.Errorf("the tab read\n%s\nnatively it is\n%s", g, w)
	}
}

// documentFiles are files of every kind and one that is none.
func documentFiles(t *testing.T) (names []string, files [][]byte) {
	t.Helper()
	names = []string{"tale.docx", "tale.odt", "tale.epub", "tale.html", "scripts.pdf", "columns.pdf", "locked.pdf", "picture.pdf"}
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(documents, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, raw)
	}
	return append(names, "alt.txt", "half.docx", "empty"), append(files, []byte("Gr\xFC\xDFe\n"), files[0][:4000], []byte{})
}

// The tab reads documents as the command does.
func TestReader(t *testing.T) {
	p := openTab(t)
	names, files := documentFiles(t)
	p.reads(names, files, "")
	p.reads([]string{"a.txt", "b.txt"}, [][]byte{[]byte("\xCF\xF0\xE8\xE2\xE5\xF2"), []byte("\xCC\xE8\xF0")}, "windows-1251")
	p.silent()
}

// So does the page in one file.
func TestReaderInSingleFile(t *testing.T) {
	p := openTabAt(t, singleFile(t))
	names, files := documentFiles(t)
	p.reads(names, files, "")
	p.silent()
}
