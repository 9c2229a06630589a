package tokenizer

// Bytes has one id a byte: the byte's value. It knows every text and needs no
// training; special tokens come from 256 on.
type Bytes struct {
	vocabulary
}

// NewBytes panics if a name cannot be a special token: up to 64 ASCII letters,
// digits and marks, as in <|endoftext|>, each name once.
func NewBytes(specials ...string) *Bytes {
	var v vocabulary
	for b := range 256 {
		v.pieces = append(v.pieces, string([]byte{byte(b)}))
	}
	if err := v.addSpecials(specials); err != nil {
		panic("tokenizer: a name that cannot be a special token")
	}
	return &Bytes{v}
}

// Kind is KindBytes.
func (t *Bytes) Kind() Kind { return KindBytes }

// Encode gives the value of each byte.
func (t *Bytes) Encode(text []byte) []int32 {
	ids := make([]int32, len(text))
	for i, b := range text {
		ids[i] = int32(b)
	}
	return ids
}

// EncodeSpecial is Encode with special tokens; see Tokenizer.
func (t *Bytes) EncodeSpecial(text []byte) []int32 { return t.encodeSpecial(text, t.Encode) }
