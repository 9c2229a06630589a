package tokenizer

// Notes are whole sentences on what a person should know of t: what is dropped,
// added or done otherwise than in the file that it was read from.
func Notes(t Tokenizer) []string { return nil }
