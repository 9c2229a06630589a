package format

// DType is the type of the weights in a file that is written.
type DType string

// The types of weights.
const (
	F32 DType = "f32"
	F16 DType = "f16"
	Q8  DType = "q8_0" // GGUF only: blocks of 32 bytes with a scale

	Kept DType = "kept" // in a run's own folder: f32, but 16 bits where weights lie in so many
)
