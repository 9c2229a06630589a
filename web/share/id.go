package share

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"net/http"
	"strings"
)

// letters are base32, lower case.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const idLength = 26

// newID is 128 random bits.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return letters.EncodeToString(b[:])
}

// ValidID tells whether s is written as ids and keys are: each in one way only.
func ValidID(s string) bool {
	b, err := letters.DecodeString(s)
	return err == nil && len(s) == idLength && letters.EncodeToString(b) == s
}

// hashed is what is kept of a key.
func hashed(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// keyOf is the hash of the key that a request brings.
func keyOf(r *http.Request) (string, error) {
	key, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !is:
		return "", noKey
	case !ValidID(key):
		return "", wrongKey
	}
	return hashed(key), nil
}

// codeLetters are those of a class's code: none looks like another.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const codeLength = 6

// newCode is a random code; each letter is as likely as any other.
func newCode() string {
	var code []byte
	for len(code) < codeLength {
		var b [1]byte
		rand.Read(b[:])
		if n := len(codeLetters); int(b[0]) < 256/n*n {
			code = append(code, codeLetters[int(b[0])%n])
		}
	}
	return string(code)
}

// codeIn is a code as it is kept, false if s is none.
func codeIn(s string) (string, bool) {
	s = strings.ToUpper(s)
	return s, len(s) == codeLength && strings.Trim(s, codeLetters) == ""
}
