package wording

import (
	"math"
	"strings"
	"time"

	"hornbook/web/protocol"
)

// UnkeptName names the open model where it is not kept.
func (w *Words) UnkeptName(name string) string {
	if name == "" {
		return w.Say("unkept")
	}
	return w.Say("unkept_name", "name", name)
}

// ModelsKept counts the models that are kept.
func (w *Words) ModelsKept(n int) string {
	if n == 0 {
		return w.Say("models_kept_none")
	}
	return w.Say("models_kept", "n", n)
}

// CardMethod says how a model came to be.
func (w *Words) CardMethod(method, text string) string {
	key := "card_" + method
	if _, known := w.phrases[key]; !known {
		key = "card_pretrain"
	}
	if _, from := w.phrases[key+"_from"]; from && text != "" {
		return w.Say(key+"_from", "text", text)
	}
	return w.Say(key)
}

// When writes a date and a time of day.
func (w *Words) When(t time.Time) string {
	months := strings.Fields(w.Say("months"))
	return w.Say("date", "day", w.Number(float64(t.Day()), 0), "month", months[t.Month()-1], "year", t.Format("2006"), "time", t.Format("15:04"))
}

// Ago writes how long since something.
func (w *Words) Ago(d time.Duration) string {
	switch minutes := int(math.Round(d.Minutes())); {
	case minutes < 1:
		return w.Say("just_now")
	case minutes < 60:
		return w.Say("minutes_ago", "n", minutes)
	case minutes < 24*60:
		return w.Say("hours_ago", "n", minutes/60)
	default:
		return w.Say("days_ago", "n", minutes/60/24)
	}
}

// GoOnOffer says which training can go on.
func (w *Words) GoOnOffer(name string, step, steps int, since time.Duration) string {
	return w.Say("go_on_offer", "name", name, "step", w.Of(step, steps), "ago", w.Ago(since))
}

// DownloadAs says what a model can be downloaded as: the format, and how each
// number is written.
func (w *Words) DownloadAs(format, dtype string) string {
	return w.Say("download_"+format, "numbers", w.named("dtype_", dtype))
}

// Downloaded says that a file was handed to the browser.
func (w *Words) Downloaded(f *protocol.File) string {
	return w.Say("downloaded", "name", f.Name, "size", w.Bytes(float64(f.Size)))
}

// Needs asks before much memory is taken.
func (w *Words) Needs(n *protocol.Needs) string {
	return w.Say("needs", "name", n.Name, "weights", w.Say("weights", "n", n.Parameters), "size", w.Bytes(float64(n.Bytes)))
}

// Kept says how much the page keeps and how much more it may; left is below
// zero where nobody knows.
func (w *Words) Kept(used, left int64) string {
	if left < 0 {
		return w.Say("kept_here", "used", w.Bytes(float64(used)))
	}
	return w.Say("kept_here_left", "used", w.Bytes(float64(used)), "left", w.Bytes(float64(left)))
}
