//go:build !js

package tokenizer

import "golang.org/x/text/unicode/norm"

// unicodeForm is one of Unicode's normal forms, by its name.
func unicodeForm(name string) normalizer {
	return map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}[name].Bytes
}
