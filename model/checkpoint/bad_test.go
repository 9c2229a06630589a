package checkpoint

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
)

// badMemory is what looking at a bad file may take, in bytes: the files are
// small, whatever they say.
const badMemory = 4 << 20

// badSentences are what is said of each folder of testdata/bad.
var badSentences = map[string]struct {
	kind Kind
	says string
}{
	"adapter-alpha":              {Unsupported, "its lora_alpha is -1"},
	"adapter-begun-otherwise":    {Unsupported, "pissa"},
	"adapter-cut-off":            {Damaged, "cut off"},
	"adapter-deep":               {Damaged, "exceeded max depth"},
	"adapter-missing-tensor":     {Damaged, "up_proj.lora_B.weight\" is missing"},
	"adapter-nan":                {Damaged, "1 of the weights are no finite numbers"},
	"adapter-of-another-shape":   {Damaged, "has shape [8 2], but the model needs [2 8]"},
	"adapter-rank-huge":          {Unsupported, "its r is 1e+06"},
	"adapter-rank-large":         {Damaged, "but the model needs [256 8]"},
	"adapter-rank-overflow":      {Unsupported, "its r is 4.6"},
	"adapter-rank-wraps":         {Damaged, "cannot unmarshal number"},
	"adapter-twice":              {Damaged, "stands twice"},
	"adapter-weights-deep":       {Damaged, "exceeded max depth"},
	"config-activation":          {Unsupported, "hidden_act"},
	"config-another-kind":        {Unsupported, "Mamba"},
	"config-cut-off":             {Damaged, "unexpected end"},
	"config-deep":                {Damaged, "exceeded max depth"},
	"config-many-layers":         {Unsupported, "layers is 1e+09"},
	"config-missing":             {Incomplete, "give the configuration too"},
	"config-negative":            {Unsupported, "channels is -8"},
	"config-no-heads":            {Unsupported, "heads is 0"},
	"config-of-another-tokens":   {Damaged, "do not belong together"},
	"config-quantized":           {Unsupported, "quantized"},
	"config-rope-scaling":        {Unsupported, "llama3"},
	"config-sliding-window":      {Unsupported, "sliding window"},
	"config-wide":                {Damaged, "holds 536 weights"},
	"gguf-absurd-keys":           {Damaged, "keys, more than"},
	"gguf-absurd-tensors":        {Damaged, "tensors, more than"},
	"gguf-absurd-text":           {Damaged, "4611686018427387904 bytes long"},
	"gguf-another-kind":          {Unsupported, "mamba"},
	"gguf-another-split-rule":    {Unsupported, "gpt-9"},
	"gguf-another-version":       {Unsupported, "version 2"},
	"gguf-cut-off":               {Damaged, "cut off"},
	"gguf-cut-off-early":         {Damaged, "cut off"},
	"gguf-heads-missing":         {Damaged, "head_count"},
	"gguf-missing-tensor":        {Damaged, "ffn_up.weight\" is missing"},
	"gguf-nan":                   {Damaged, "1 of the weights are no finite numbers"},
	"gguf-twice":                 {Damaged, "general.file_type\" stands twice"},
	"gguf-two":                   {Unsupported, "one at a time"},
	"gguf-without-tokens":        {Damaged, "context_length"},
	"nothing":                    {NotModel, "no model here"},
	"pickle":                     {Unsupported, "can hold programs"},
	"run-best-nan":               {Damaged, "best.safetensors: tensor \"head.weight\" holds what is no finite number"},
	"run-below-zero":             {Damaged, "below zero"},
	"run-deep":                   {Damaged, "exceeded max depth"},
	"run-many-layers":            {Damaged, "holds 536 weights"},
	"run-moments-nan":            {Damaged, "optimizer.safetensors: tensor \"norm.gain.exp_avg\" holds what is no finite number"},
	"run-of-another":             {Damaged, "something added"},
	"run-outside":                {UnsafeName, "../log.jsonl"},
	"run-with-an-adapter":        {Damaged, "it trains \"all\""},
	"run-with-another-adapter":   {Damaged, "is not the one that run.json tells of"},
	"run-without-its-adapter":    {Damaged, "it trains \"adapter\""},
	"shard-missing":              {Incomplete, "model-00001-of-00002.safetensors: it is missing"},
	"shard-outside":              {UnsafeName, "../model.safetensors"},
	"shard-without-its-tensor":   {Damaged, "should lie in"},
	"shards-without-index":       {Incomplete, "index.json: it is missing"},
	"tokenizer-another-kind":     {Unsupported, "Unigram"},
	"tokenizer-deep":             {Unsupported, "exceeded max depth"},
	"tokenizer-gap":              {Unsupported, "without a gap"},
	"tokenizer-missing":          {Incomplete, "tokenizer.json: it is missing"},
	"tokenizer-unknown-merges":   {Unsupported, "“zz” is not a piece"},
	"weights-are-something-else": {Damaged, "header should be"},
	"weights-cut-off":            {Damaged, "cut off"},
	"weights-deep":               {Damaged, "exceeded max depth"},
	"weights-do-not-multiply":    {Damaged, "cannot lie"},
	"weights-empty":              {Damaged, "too short"},
	"weights-huge-header":        {Damaged, "header should be"},
	"weights-integers":           {Unsupported, "I32"},
	"weights-missing-tensor":     {Damaged, "model.norm.weight\" is missing"},
	"weights-nan":                {Damaged, "2 of the weights are no finite numbers"},
	"weights-negative":           {Damaged, "cannot lie"},
	"weights-of-another-shape":   {Damaged, "has shape [8 4], but the model needs [4 8]"},
	"weights-overflow":           {Damaged, "impossible"},
	"weights-overlap":            {Damaged, "begins at byte 4, but the one before ends at 8"},
	"weights-twice":              {Damaged, "stands twice"},
	"weights-unknown-type":       {Damaged, "X32"},
	"zip-absolute":               {UnsafeName, "/etc/run.json"},
	"zip-backslash":              {UnsafeName, "outside of its folder"},
	"zip-bomb":                   {TooLong, "8388608 bytes from"},
	"zip-changed":                {Damaged, "not the one that was saved"},
	"zip-cut-off":                {Damaged, "not a valid zip"},
	"zip-dots":                   {UnsafeName, "../run.json"},
	"zip-dots-inside":            {UnsafeName, "a/../../run.json"},
	"zip-drive":                  {UnsafeName, "C:"},
	"zip-encrypted":              {Unsupported, "encrypted"},
	"zip-in-zip":                 {Unsupported, "no zip inside a zip"},
	"zip-lies":                   {Damaged, "does not end where it says"},
	"zip-overlap":                {Damaged, "one over the other"},
	"zip-twice":                  {Damaged, "twice"},
}

// Each bad file has its kind and its sentence, and costs little memory.
func TestBadFiles(t *testing.T) {
	entries, err := os.ReadDir("testdata/bad")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(badSentences) {
		t.Errorf("there are %d bad files and %d sentences", len(entries), len(badSentences))
	}
	base := spoilt(t).Model
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			want, known := badSentences[e.Name()]
			bad := os.DirFS("testdata/bad/" + e.Name())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var err error
			if IsAdapter(bad) {
				_, err = ReadAdapter(bad, base)
			} else {
				_, _, err = Import(bad, generous)
			}
			runtime.ReadMemStats(&after)
			var p *Problem
			if !errors.As(err, &p) || !known || p.Kind != want.kind || !strings.Contains(err.Error(), want.says) {
				t.Errorf("got %v, want the kind %q and %q", err, want.kind, want.says)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > badMemory {
				t.Errorf("it took %d bytes of memory", took)
			}
		})
	}
}
