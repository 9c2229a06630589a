package exchange

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"hornbook/model/format"
)

// What lies under a model's name is often something else, and whole: each kind has
// its sentence, and none is called damaged.

// sniffed is the most that is read of a file to see what it is, in bytes.
const sniffed = 512

// weightEndings are those of files that programs keep weights in.
var weightEndings = []string{".safetensors", ".gguf", ".ggml", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".keras", ".onnx", ".tflite", ".npz", ".npy", ".msgpack", ".mar", ".model", ".pb", ".index"}

// standIn is a *format.Problem if one of the files that a model is read from is
// something else, or of a format of other programs that is not read.
func standIn(fsys fs.FS, names []string) error {
	for _, name := range names {
		known := slices.ContainsFunc(weightEndings, func(end string) bool { return hasEnding(name, end) })
		if !known && !hasEnding(name, ".json") {
			continue
		}
		head := headOf(fsys, name)
		what := pointer(head)
		switch {
		case what != "":
		case hasEnding(name, ".json"):
			what = noJSON(head)
		case hasEnding(name, ".gguf") && bytes.HasPrefix(head, []byte("GGUF")), hasEnding(name, ".safetensors") && headered(head):
		default:
			what = kindOf(head)
		}
		pickles := slices.ContainsFunc([]string{".bin", ".pt", ".pth", ".ckpt"}, func(end string) bool { return hasEnding(name, end) })
		switch {
		case what == inPickle, what == inZip && pickles:
			return format.Wrong(format.Unsupported, name, "%s", inPickle)
		case what != "":
			return format.Wrong(format.StandIn, name, "%s", what)
		}
	}
	return nil
}

// foreignWeights is what to say of weights of others whose files say nothing of
// themselves: by their names.
func foreignWeights(names []string) error {
	for _, f := range []struct{ ending, what string }{
		{".bin", inPickle}, {".pt", inPickle}, {".pth", inPickle}, {".ckpt", inPickle}, {".pkl", inPickle}, {".pickle", inPickle},
		{".onnx", "it is a model in ONNX's format, which is not opened; get the model as safetensors or GGUF"},
		{".msgpack", "it is a model in Flax's format, which is not opened; get or save the model as safetensors"},
		{".mar", "it is an archive of TorchServe, which is not opened; get the model as safetensors"},
		{".pb", "it is a model in TensorFlow's format, which is not opened; get the model as safetensors"},
	} {
		for _, name := range names {
			if hasEnding(name, f.ending) {
				return format.Wrong(format.Unsupported, name, "%s", f.what)
			}
		}
	}
	return nil
}

// headOf is the beginning of a file, nothing if it cannot be read.
func headOf(fsys fs.FS, name string) []byte {
	f, err := format.Open(fsys, name)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, min(sniffed, max(0, f.Size)))
	n, _ := f.ReadAt(head, 0)
	return head[:n]
}

// headered tells whether a file begins as safetensors do.
func headered(head []byte) bool { return len(head) > 8 && head[8] == '{' && head[7] == 0 }

// pointer is what to say of a text that stands for a file that was not fetched.
func pointer(head []byte) string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(head), ""))
	low := strings.ToLower(text)
	switch {
	case strings.HasPrefix(text, "version https://git-lfs.github.com/spec/"):
		size := ""
		if _, after, has := strings.Cut(text, "\nsize "); has {
			line, _, _ := strings.Cut(after, "\n")
			size = " of " + line + " bytes"
		}
		return "it is only Git LFS's pointer to the file" + size + "; fetch the file itself (git lfs pull), or download it with the browser"
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"), strings.HasPrefix(low, "<head"):
		return "it is a web page that was saved under this name; on that page use the link that downloads the file itself"
	case strings.HasPrefix(low, "<?xml"):
		return "it is a text in XML, perhaps a server's answer that the file could not be had; download the file again"
	case low == "entry not found", strings.HasPrefix(low, "repository not found"), strings.HasPrefix(low, "invalid username or password"), strings.HasPrefix(low, "access to model"):
		return fmt.Sprintf("it is a server's answer that the file could not be had (%q); download the file itself, signed in if need be", text[:min(len(text), 60)])
	}
	return ""
}

// noJSON is what to say of a file that should be JSON and begins as something else
// that is known.
func noJSON(head []byte) string {
	text := bytes.TrimLeft(head, " \t\r\n\ufeff")
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		return ""
	}
	return kindOf(head)
}

const inPickle = "weights in PyTorch's own format can hold programs and are not opened; get or save the model as safetensors"

// marks are how files of other kinds begin, some after a few other bytes.
var marks = []struct {
	at         int
	mark, what string
}{
	{0, "\x80\x02", inPickle}, {0, "\x80\x03", inPickle}, {0, "\x80\x04", inPickle}, {0, "\x80\x05", inPickle},
	{0, "GGUF", "it is a GGUF file under another name; rename it to end in .gguf"},
	{0, "lmgg", oldGGML}, {0, "fmgg", oldGGML}, {0, "tjgg", oldGGML}, {0, "algg", oldGGML},
	{0, "\x89HDF\r\n\x1a\n", "it is a model in Keras' format (HDF5), which is not opened; get the model as safetensors"},
	{4, "TFL3", "it is a model for TensorFlow Lite, which is not opened; get the model as safetensors"},
	{0, "\x93NUMPY", "it is an array of NumPy, which is not opened; get the model as safetensors"},
	{0, "\x1f\x8b", packed}, {0, "7z\xbc\xaf\x27\x1c", packed}, {0, "Rar!", packed}, {0, "\xfd7zXZ\x00", packed}, {0, "\x28\xb5\x2f\xfd", packed}, {0, "BZh", packed},
	{257, "ustar", packed},
	{0, "\x89PNG\r\n", picture}, {0, "\xff\xd8\xff", picture}, {0, "GIF8", picture}, {8, "WEBP", picture}, {0, "BM", picture}, {0, "II*\x00", picture}, {0, "MM\x00*", picture},
	{8, "WAVE", sound}, {0, "OggS", sound}, {0, "fLaC", sound}, {0, "ID3", sound}, {0, "\xff\xfb", sound}, {0, "\xff\xf3", sound}, {0, "FORM", sound}, {0, "MThd", sound},
	{4, "ftyp", "it is a film or a sound, not a model; choose the model's own file"}, {0, "\x1aE\xdf\xa3", "it is a film, not a model; choose the model's own file"},
	{0, "%PDF", "it is a document (PDF), not a model; to learn from it, bring it in as a text"},
}

const (
	inZip   = "it is a zip under another name; rename it to end in .zip, or unpack it"
	oldGGML = "it is of llama.cpp's format before GGUF, which is not opened; convert the model to GGUF, or get it so"
	packed  = "it is packed; unpack it first, and open what lies in it"
	picture = "it is a picture, not a model; choose the model's own file"
	sound   = "it is a sound, not a model; choose the model's own file"
)

// kindOf is what to say of a file that begins so, "" if that is not known.
func kindOf(head []byte) string {
	for _, m := range marks {
		if len(head) > m.at && bytes.HasPrefix(head[m.at:], []byte(m.mark)) {
			return m.what
		}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		if bytes.Contains(head, []byte("data.pkl")) || bytes.Contains(head, []byte("byteorder")) {
			return inPickle
		}
		if bytes.Contains(head, []byte(".npy")) {
			return "it is a zip of NumPy's arrays, which is not opened; get the model as safetensors"
		}
		return inZip
	}
	if len(head) >= 8 {
		first, second := int32(binary.LittleEndian.Uint32(head)), int32(binary.LittleEndian.Uint32(head[4:]))
		switch {
		case (first == 20240326 || first == 20240520) && second >= 1 && second < 100:
			return "it holds a model of llm.c, which is not opened; convert it by llm.c's dev/eval/export_hf.py, and open the folder that it writes"
		case first == 20240327:
			return "it holds the state of a training of llm.c, not its model, and is not opened"
		}
	}
	return ""
}

// layersModel tells whether a model.json is TensorFlow.js'.
func layersModel(fsys fs.FS, names []string) error {
	for _, name := range names {
		if !hasEnding(name, ".json") || !strings.HasPrefix(path.Base(name), "model") {
			continue
		}
		text, err := format.Whole(fsys, name, maxIndex)
		var m struct {
			Format   string `json:"format"`
			Topology any    `json:"modelTopology"`
			Weights  any    `json:"weightsManifest"`
		}
		if err == nil && json.Unmarshal(text, &m) == nil && (m.Topology != nil || m.Weights != nil) {
			return format.Wrong(format.StandIn, name, "it is a model of TensorFlow.js, which is not opened; get the model as safetensors or GGUF")
		}
	}
	return nil
}
