package protocol

// GPU says what is known of the browser's graphics card: once it was compared with the
// processor, after it was tried, and when it failed.
type GPU struct {
	Reply
	State    string  `json:"state"`     // GPUNone, GPURight, GPUWrong or GPUFailed
	Name     string  `json:"name"`      // as the browser gives it; "" of none
	Software bool    `json:"software"`  // it is a program that does as if
	Detail   string  `json:"detail"`    // what is wrong with it
	Size     int     `json:"size"`      // of the square matrices whose product was timed; 0: none was
	GFLOPS   float64 `json:"gflops"`    // by that
	Writing  float64 `json:"writing"`   // tokens a second that a new model writes on it; 0: none was timed
	Preset   string  `json:"preset"`    // of that model
	DeviceMs float64 `json:"device_ms"` // a step of the run that it was last tried for; 0: of none yet
	HostMs   float64 `json:"host_ms"`   // the same on one core of the processor
}

// What is known of a graphics card.
const (
	GPUNone   = "none"   // the browser lends none
	GPURight  = "right"  // each operation gives what the processor gives
	GPUWrong  = "wrong"  // one does not
	GPUFailed = "failed" // in a run
)

func (*GPU) event() string { return "gpu" }
