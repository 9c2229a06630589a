package checkpoint

// What the tests see besides.
const (
	NewSuffix     = newSuffix
	OptimizerFile = optimizerFile
	BestFile      = bestFile
	LogFile       = logFile
)

type Syncer = syncer

var (
	SaveTo  = save
	FilesOf = filesOf
)
