package exchange

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"hornbook/model/format"
)

// badMemory is what looking at a bad file may take, in bytes: the files are
// small, whatever they say.
const badMemory = 4 << 20

// badSentences are what is said of each folder of testdata/bad.
var badSentences = map[string]struct {
	kind format.Kind
	says string
}{
	"adapter-alpha":               {format.Unsupported, "its lora_alpha is -1"},
	"adapter-begun-otherwise":     {format.Unsupported, "pissa"},
	"adapter-cut-off":             {format.Damaged, "cut off"},
	"adapter-deep":                {format.Damaged, "exceeded max depth"},
	"adapter-missing-tensor":      {format.Damaged, "up_proj.lora_B.weight\" is missing"},
	"adapter-nan":                 {format.Damaged, "1 of the weights are no finite numbers"},
	"adapter-of-another-shape":    {format.Damaged, "has shape [8 2], but the model needs [2 8]"},
	"adapter-rank-huge":           {format.Unsupported, "its r is 1e+06"},
	"adapter-rank-large":          {format.Damaged, "but the model needs [256 8]"},
	"adapter-rank-overflow":       {format.Unsupported, "its r is 4.6"},
	"adapter-rank-wraps":          {format.Damaged, "cannot unmarshal number"},
	"adapter-twice":               {format.Damaged, "stands twice"},
	"adapter-weights-deep":        {format.Damaged, "exceeded max depth"},
	"config-activation":           {format.Unsupported, "hidden_act"},
	"config-another-kind":         {format.Unsupported, "Mamba"},
	"config-cut-off":              {format.Damaged, "unexpected end"},
	"config-deep":                 {format.Damaged, "exceeded max depth"},
	"config-many-layers":          {format.Unsupported, "layers is 1000000000"},
	"config-missing":              {format.Incomplete, "give the configuration too"},
	"config-negative":             {format.Unsupported, "channels is -8"},
	"config-no-heads":             {format.Unsupported, "heads is 0"},
	"config-of-another-tokens":    {format.Damaged, "do not belong together"},
	"config-quantized":            {format.Unsupported, "quantized"},
	"config-rope-scaling":         {format.Unsupported, "yarn"},
	"config-partly-turning":       {format.Unsupported, "partial_rotary_factor"},
	"config-pruned":               {format.Unsupported, "pruned_heads"},
	"config-read-infinity":        {format.Damaged, "1e999"},
	"config-scaling-zero":         {format.Unsupported, "scaling_factor is 0"},
	"config-wide":                 {format.Damaged, "holds 536 weights"},
	"deepseek-activation":         {format.Unsupported, "hidden_act"},
	"deepseek-by-groups":          {format.Unsupported, "n_group 4"},
	"deepseek-by-softmax":         {format.Unsupported, "scoring_func \"softmax\""},
	"deepseek-chosen":             {format.Unsupported, "experts_chosen is 7"},
	"deepseek-epsilon":            {format.Unsupported, "rms_norm_eps is 1e-05"},
	"deepseek-gguf-missing":       {format.Damaged, "kv_lora_rank"},
	"deepseek-gguf-softmax":       {format.Unsupported, "expert_gating_func"},
	"deepseek-gguf-wide":          {format.Damaged, "holds"},
	"deepseek-halves":             {format.Unsupported, "rope_interleave"},
	"deepseek-many-experts":       {format.Unsupported, "experts is 1000000000"},
	"deepseek-missing-expert":     {format.Damaged, "experts.1.up_proj.weight\" is missing"},
	"deepseek-odd":                {format.Unsupported, "latent_turned is 3"},
	"deepseek-run-experts":        {format.Damaged, "holds"},
	"deepseek-without-ranks":      {format.Unsupported, "q_lora_rank"},
	"deepseek-yarn":               {format.Unsupported, "yarn"},
	"gguf-absurd-keys":            {format.Damaged, "keys, more than"},
	"gguf-absurd-tensors":         {format.Damaged, "tensors, more than"},
	"gguf-absurd-text":            {format.Damaged, "4611686018427387904 bytes long"},
	"gguf-another-kind":           {format.Unsupported, "mamba"},
	"gguf-another-split-rule":     {format.Unsupported, "gpt-9"},
	"gguf-another-version":        {format.Unsupported, "version 1"},
	"gguf-cut-off":                {format.Damaged, "cut off"},
	"gguf-cut-off-early":          {format.Damaged, "cut off"},
	"gguf-heads-missing":          {format.Damaged, "head_count"},
	"gguf-missing-tensor":         {format.Damaged, "ffn_up.weight\" is missing"},
	"gguf-nan":                    {format.Damaged, "1 of the weights are no finite numbers"},
	"gguf-twice":                  {format.Damaged, "general.file_type\" stands twice"},
	"gguf-two":                    {format.Unsupported, "one at a time"},
	"gguf-without-tokens":         {format.Damaged, "context_length"},
	"nothing":                     {format.NotModel, "no model here"},
	"pickle":                      {format.Unsupported, "can hold programs"},
	"run-best-nan":                {format.Damaged, "best.safetensors: tensor \"head.weight\" holds what is no finite number"},
	"run-below-zero":              {format.Damaged, "below zero"},
	"run-deep":                    {format.Damaged, "exceeded max depth"},
	"run-many-layers":             {format.Damaged, "holds 536 weights"},
	"run-moments-nan":             {format.Damaged, "optimizer.safetensors: tensor \"norm.gain.exp_avg\" holds what is no finite number"},
	"run-of-another":              {format.Damaged, "something added"},
	"run-outside":                 {format.UnsafeName, "../log.jsonl"},
	"run-with-an-adapter":         {format.Damaged, "it trains \"all\""},
	"run-with-another-adapter":    {format.Damaged, "is not the one that run.json tells of"},
	"run-without-its-adapter":     {format.Damaged, "it trains \"adapter\""},
	"shard-missing-without-index": {format.Incomplete, "model-00002-of-00002.safetensors: it is missing"},
	"shard-missing":               {format.Incomplete, "model-00001-of-00002.safetensors: it is missing"},
	"shard-outside":               {format.UnsafeName, "../model.safetensors"},
	"shard-without-its-tensor":    {format.Damaged, "should lie in"},
	"shards-without-index":        {format.Incomplete, "index.json: it is missing"},
	"stand-in-answer":             {format.StandIn, "a server's answer"},
	"stand-in-bin":                {format.StandIn, "a model of llm.c"},
	"stand-in-config":             {format.StandIn, "config.json: it is only Git LFS's pointer"},
	"stand-in-document":           {format.StandIn, "a document (PDF)"},
	"stand-in-film":               {format.StandIn, "a film"},
	"stand-in-ggml":               {format.StandIn, "before GGUF"},
	"stand-in-gguf":               {format.StandIn, "a GGUF file under another name"},
	"stand-in-gguf-file":          {format.StandIn, "a web page"},
	"stand-in-git-lfs":            {format.StandIn, "pointer to the file of 538090408 bytes"},
	"stand-in-keras":              {format.StandIn, "Keras"},
	"stand-in-llm.c":              {format.StandIn, "a model of llm.c"},
	"stand-in-llm.c-none":         {format.StandIn, "the state of a training of llm.c"},
	"stand-in-numpy":              {format.StandIn, "NumPy"},
	"stand-in-onnx":               {format.Unsupported, "ONNX"},
	"stand-in-packed":             {format.StandIn, "unpack it first"},
	"stand-in-pickle":             {format.Unsupported, "can hold programs"},
	"stand-in-picture":            {format.StandIn, "a picture"},
	"stand-in-sound":              {format.StandIn, "a sound"},
	"stand-in-tfjs":               {format.StandIn, "TensorFlow.js"},
	"stand-in-tflite":             {format.StandIn, "TensorFlow Lite"},
	"stand-in-tokenizer":          {format.StandIn, "tokenizer.json: it is a web page"},
	"stand-in-torch":              {format.Unsupported, "can hold programs"},
	"tokenizer-adds-nothing":      {format.Unsupported, "post_processor: it adds the id 99, which no token has"},
	"tokenizer-another-kind":      {format.Unsupported, "Unigram"},
	"tokenizer-by-chance":         {format.Unsupported, "text would be cut by chance"},
	"tokenizer-deep":              {format.Unsupported, "exceeded max depth"},
	"tokenizer-gap":               {format.Unsupported, "the ids go up to 70"},
	"tokenizer-home-made":         {format.Unsupported, "a form of its own that merely has the name"},
	"tokenizer-ids-huge":          {format.Unsupported, "ids must be from 0 to 524287"},
	"tokenizer-look-behind":       {format.Unsupported, "a group of this kind is not supported at “(?<=a)b”"},
	"tokenizer-many-ways":         {format.Unsupported, "could be tried in too many ways"},
	"tokenizer-missing":           {format.Incomplete, "tokenizer.json: it is missing"},
	"tokenizer-new-switch":        {format.Unsupported, "the key “reverse”, which is not known here and could change how text is cut"},
	"tokenizer-of-bert":           {format.Unsupported, "WordPiece, as BERT has it"},
	"tokenizer-of-t5":             {format.Unsupported, "Unigram, as T5 has it"},
	"tokenizer-of-words":          {format.Unsupported, "WordLevel, a list of whole words"},
	"tokenizer-precompiled":       {format.Unsupported, "SentencePiece's own table of characters"},
	"tokenizer-sentencepiece":     {format.Unsupported, "SentencePiece's own form"},
	"tokenizer-suffix":            {format.Unsupported, "end_of_word_suffix is “</w>”"},
	"tokenizer-unknown-merges":    {format.Unsupported, "“zz” is not a piece"},
	"tokenizer-vocab-alone":       {format.Incomplete, "merges.txt: it is missing"},
	"tokenizer-vocab-txt":         {format.Unsupported, "WordPiece, as BERT has it"},
	"weights-are-something-else":  {format.StandIn, "a web page"},
	"weights-of-another-layout":   {format.Unsupported, "not called as those of LlamaForCausalLM"},
	"weights-cut-off":             {format.Damaged, "cut off"},
	"weights-deep":                {format.Damaged, "exceeded max depth"},
	"weights-do-not-multiply":     {format.Damaged, "cannot lie"},
	"weights-empty":               {format.Damaged, "too short"},
	"weights-huge-header":         {format.Damaged, "header should be"},
	"weights-integers":            {format.Unsupported, "I32"},
	"weights-missing-tensor":      {format.Damaged, "model.norm.weight\" is missing"},
	"weights-nan":                 {format.Damaged, "2 of the weights are no finite numbers"},
	"weights-negative":            {format.Damaged, "cannot lie"},
	"weights-of-another-shape":    {format.Damaged, "has shape [8 4], but the model needs [4 8]"},
	"weights-overflow":            {format.Damaged, "impossible"},
	"weights-overlap":             {format.Damaged, "begins at byte 4, but the one before ends at 8"},
	"weights-twice":               {format.Damaged, "stands twice"},
	"weights-unknown-type":        {format.Damaged, "X32"},
	"zip-absolute":                {format.UnsafeName, "/etc/run.json"},
	"zip-backslash":               {format.UnsafeName, "outside of its folder"},
	"zip-bomb":                    {format.TooLong, "8388608 bytes from"},
	"zip-changed":                 {format.Damaged, "not the one that was saved"},
	"zip-cut-off":                 {format.Damaged, "not a valid zip"},
	"zip-dots":                    {format.UnsafeName, "../run.json"},
	"zip-dots-inside":             {format.UnsafeName, "a/../../run.json"},
	"zip-drive":                   {format.UnsafeName, "C:"},
	"zip-encrypted":               {format.Unsupported, "encrypted"},
	"zip-in-zip":                  {format.Unsupported, "no zip inside a zip"},
	"zip-lies":                    {format.Damaged, "run.json: it cannot be read"},
	"zip-overlap":                 {format.Damaged, "one over the other"},
	"zip-twice":                   {format.Damaged, "twice"},
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
			var p *format.Problem
			if !errors.As(err, &p) || !known || p.Kind != want.kind || !strings.Contains(err.Error(), want.says) {
				t.Errorf("got %v, want the kind %q and %q", err, want.kind, want.says)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > badMemory {
				t.Errorf("it took %d bytes of memory", took)
			}
		})
	}
}
