package tokenizer

import (
	"strings"
	"testing"
)

// Each form makes of a text what Unicode says, natively and in a browser, and
// leaves what is no UTF-8 as it is.
func TestUnicodeForm(t *testing.T) {
	const text = "e\u0301\xff\u00e9 \ufb01\xc3(\u212b\u1100\u1161"
	for name, want := range map[string]string{
		"NFC":  "\u00e9\xff\u00e9 \ufb01\xc3(\u00c5\uac00",
		"NFD":  "e\u0301\xffe\u0301 \ufb01\xc3(A\u030a\u1100\u1161",
		"NFKC": "\u00e9\xff\u00e9 fi\xc3(\u00c5\uac00",
		"NFKD": "e\u0301\xffe\u0301 fi\xc3(A\u030a\u1100\u1161",
	} {
		if got := string(unicodeForm(name)([]byte(text))); got != want {
			t.Errorf("%s makes %q of it, not %q", name, got, want)
		}
	}
	if long := strings.Repeat("plain ", 1000); string(unicodeForm("NFC")([]byte(long))) != long {
		t.Error("NFC changes plain text")
	}
}
