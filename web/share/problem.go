package share

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// problem is an answer that tells what went wrong.
type problem struct {
	status         int
	code, sentence string
}

func (p *problem) Error() string { return p.code + ": " + p.sentence }

// The problems that always say the same.
var (
	unknownPath  = &problem{404, "unknown", "There is nothing at this address. Look at the link again."}
	notFound     = &problem{404, "not_found", "This is not here: it was deleted, its 30 days are over, or the link is not whole. Ask for a new link."}
	noClass      = &problem{404, "no_class", "There is no class with this code. Look at the code again, or ask who gave it to you."}
	hidden       = &problem{410, "hidden", "Someone reported this, so it is not shown until whoever runs this server has looked at it."}
	crossOrigin  = &problem{403, "cross_origin", "This came from another website. Open Hornbook's own page and do it there."}
	noKey        = &problem{401, "no_key", "This needs its key. Use the link that was shown when it was shared or opened."}
	wrongKey     = &problem{403, "wrong_key", "This key does not belong to it. Use the link that was shown when it was shared or opened."}
	uploadsOff   = &problem{503, "uploads_off", "This server takes nothing new at the moment. Keep a file instead, or try again later."}
	full         = &problem{507, "no_room", "This server has no room left. Keep a file instead, or try again in some days."}
	lengthNeeded = &problem{411, "length_required", "The length of what is sent must be said first (Content-Length). Share it with Hornbook's own page."}
	wrongLength  = &problem{400, "wrong_length", "What is sent is empty, or not as long as was said. Share it again."}
	noHash       = &problem{400, "no_hash", "The SHA-256 of what is sent must be said in the header Hornbook-SHA256, as 64 hexadecimal digits. Share it with Hornbook's own page."}
	wrongHash    = &problem{400, "wrong_hash", "What arrived is not what was sent. Nothing was kept; share it again."}
	wrongKind    = &problem{400, "wrong_kind", "The kind must be model, adapter, card, task or pairs. Share it with Hornbook's own page."}
	cutOff       = &problem{400, "cut_off", "The connection ended too early. Nothing was kept; share it again."}
	tooSlow      = &problem{408, "too_slow", "It took too long to arrive. Nothing was kept; share it again with a better connection."}
	tooMany      = &problem{429, "too_many", "Too much came from this network in the last hour. Wait an hour, then try again."}
	classClosed  = &problem{409, "closed", "The class is closed, so nothing more can be sent. Ask who opened it."}
	classFull    = &problem{409, "full", "The class has as many results as it can hold. Ask who opened it to delete some, or to open another."}
	broken       = &problem{500, "broken", "The server could not do this. Nothing was changed that it did not tell; try again in a minute."}
)

// spoken are the kinds whose names are no things.
var spoken = map[string]string{"task": "file of a task", "pairs": "file of pairs"}

// tooLong is of what has more bytes than limit.
func tooLong(what string, limit int64) *problem {
	return &problem{413, "too_long", fmt.Sprintf("The %s may have at most %d bytes here. Keep it as a file, or share a smaller one.", cmp.Or(spoken[what], what), limit)}
}

// unfit is of contents that a reader refused.
func unfit(what string, err error) *problem {
	return &problem{422, "unfit", fmt.Sprintf("The %s was not kept: %v.", cmp.Or(spoken[what], what), err)}
}

// tell answers with a problem; what is none is broken, and goes to the log.
func (s *Server) tell(w http.ResponseWriter, err error) {
	var p *problem
	if !errors.As(err, &p) {
		s.Log(err)
		p = broken
	}
	if p.status == 429 {
		w.Header().Set("Retry-After", "3600")
	}
	answer(w, p.status, map[string]string{"error": p.code, "sentence": p.sentence})
}

// answer sends a value as JSON.
func answer(w http.ResponseWriter, status int, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("share: answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(text) // a client that is gone hears nothing
	return nil
}
