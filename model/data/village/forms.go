package village

// The usual forms of events, for plots that have none of their own.
const (
	goesForms    = "{1} [went|walked|ran] {2.to}."
	takesForms   = "{1} [took|picked up] {2}."
	findsForms   = "{1} found {2}!|There {2.was} {2}! {1} picked {2.it} up."
	spotsForms   = "{1} found {2}!"
	givesForms   = "{1} gave {2} to {3.name}.|{1} gave {3.him} {2}."
	tradesForms  = "So {1} gave {2} to {3.name}, and {3} gave {4} to {1.name}."
	mendsForms   = "{1} mended {2.it}."
	makesForms   = "{1} made {2}."
	friendsForms = "[From that day on|From then on|After that], {1&2} were friends."
)

var feelsForms = map[string]string{
	"happy":   "{1} was [very |so |]happy.",
	"sad":     "{1} was [very |so |]sad.",
	"glad":    "{1} was [very |so |]glad.",
	"proud":   "{1} was [very |so |]proud.",
	"sorry":   "{1} was [very |so |]sorry.",
	"angry":   "{1} was [very |]angry.",
	"afraid":  "{1} was [very |]afraid.",
	"tired":   "{1} was [very |so |]tired.",
	"hungry":  "{1} was [very |]hungry.",
	"cold":    "{1} was [very |]cold.",
	"worried": "{1} was [very |]worried.",
}
