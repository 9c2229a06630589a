package wording

// Refused says why the server that keeps what is shared did not do what was asked: by its
// code, or else in the sentence that it gave.
func (w *Words) Refused(code, sentence string) string {
	switch code {
	case "too_slow", "wrong_length", "wrong_hash":
		code = "cut_off"
	case "no_key":
		code = "wrong_key"
	}
	if name := w.named("refused_", code); name != code {
		return name
	}
	if sentence == "" {
		return w.Say("refused_broken")
	}
	return w.Say("refused_else", "sentence", sentence)
}
