package wording

import "testing"

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		language, typed string
		whole           bool
		want            string // "" for no number
	}{
		{"en", "1,000", true, "1000"}, {"en", "1.000", true, "1000"}, {"en", "1,000", false, "1000"}, {"en", "1.000", false, "1.000"},
		{"en", "0,001", false, "0.001"}, {"en", "0.001", false, "0.001"}, {"en", "1,234,567.5", false, "1234567.5"}, {"en", "1.234.567,5", false, "1234567.5"},
		{"en", "3e-4", false, "3e-4"}, {"en", " 12 000 ", true, "12000"}, {"en", "−5", true, "-5"}, {"en", "1,5", false, "1.5"},
		{"de", "1.000", false, "1000"}, {"de", "1,000", false, "1.000"}, {"de", "0,001", false, "0.001"}, {"de", "1.000,5", false, "1000.5"},
		{"ar", "١٠٠٠", true, "1000"}, {"ar", "٠٫٠٠١", false, "0.001"}, {"ar", "١٬٠٠٠", true, "1000"},
		{"en", "", true, ""}, {"en", "x", false, ""}, {"en", "1,00,0", false, ""}, {"en", "1,,0", false, ""}, {"en", "0x10", true, ""},
		{"en", "1,234.567,8", false, ""}, {"en", "inf", false, ""}, {"en", "1e", false, ""}, {"en", "nan", false, ""}, {"en", ",", false, ""},
	} {
		w := &Words{Language: c.language, style: styles[c.language]}
		got, err := w.Plain(c.typed, c.whole)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q, whole %t: %q (%v), want %q", c.language, c.typed, c.whole, got, err, c.want)
		}
	}
}
