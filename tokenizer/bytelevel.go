package tokenizer

// GPT-2 writes the bytes of a piece as characters that can be seen: a byte that
// is printable in Latin-1 as itself, the others as U+0100 on. So a space reads Ġ
// and a line end Ċ in tokenizer.json.

var (
	byteChar  [256]rune  // byte → its character
	byteOrder [256]byte  // GPT-2's ids of the bytes: by the code point of the character
	byteID    [256]int32 // the inverse of byteOrder
	charByte  [512]int16 // the inverse of byteChar, -1 where there is none
)

func init() {
	for i := range charByte {
		charByte[i] = -1
	}
	id, hidden := 0, 0
	place := func(b int, char rune) {
		byteChar[b], charByte[char] = char, int16(b)
		byteOrder[id], byteID[b] = byte(b), int32(id)
		id++
	}
	for b := range 256 {
		if visible(b) {
			place(b, rune(b))
		}
	}
	for b := range 256 {
		if !visible(b) {
			place(b, rune(256+hidden))
			hidden++
		}
	}
}

// visible bytes are printable in Latin-1; the soft hyphen is not.
func visible(b int) bool {
	return b >= '!' && b <= '~' || b >= 0xA1 && b != 0xAD
}

// ByteLevel writes a piece as GPT-2's files do: each byte as a character that
// can be seen.
func ByteLevel(piece []byte) string { return byteLevel(string(piece)) }

// FromByteLevel is the inverse of ByteLevel; it fails on a character that
// stands for no byte.
func FromByteLevel(s string) (piece []byte, ok bool) {
	text, ok := fromByteLevel(s)
	return []byte(text), ok
}

// byteLevel writes a piece as characters.
func byteLevel(piece string) string {
	chars := make([]rune, len(piece))
	for i := range len(piece) {
		chars[i] = byteChar[piece[i]]
	}
	return string(chars)
}

// fromByteLevel is the inverse; it fails on a character that stands for no byte.
func fromByteLevel(s string) (piece string, ok bool) {
	bytes := make([]byte, 0, len(s))
	for _, char := range s {
		if int(char) >= len(charByte) || charByte[char] < 0 {
			return "", false
		}
		bytes = append(bytes, byte(charByte[char]))
	}
	return string(bytes), true
}
