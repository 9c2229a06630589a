package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var drawIcons = flag.Bool("draw-icons", false, "draw the icons of static/src anew")

// icons are what Chromium draws of icon.svg: on nothing or on paper, and as
// large a part of the picture as the place where it is shown leaves. Of a
// maskable icon a circle of 0.8 times the width is sure to be seen.
var icons = []struct {
	name, paper string
	size        int
	part        float64
}{
	{"icon-192.png", "", 192, 1},
	{"icon-512.png", "", 512, 1},
	{"icon-maskable.png", "#FBF7EF", 512, 0.7},
	{"icon-touch.png", "#FBF7EF", 180, 0.8},
}

// iconsTolerance is how far a picture may be from the committed one, of 255 a
// channel, on average: Chromium's versions smooth edges a little differently.
const iconsTolerance = 2

// The icons are drawn from icon.svg. After a change of it:
// go test ./cmd/hornbook -run Icons -draw-icons
func TestIconsAreOfTheDrawing(t *testing.T) {
	svg, err := os.ReadFile("../../static/src/icon.svg")
	if err != nil {
		t.Fatal(err)
	}
	ctx := chromium(t)
	for _, i := range icons {
		url, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`new Promise((drawn) => {
			const canvas = Object.assign(document.createElement("canvas"), { width: %[1]d, height: %[1]d });
			const pen = canvas.getContext("2d"), side = %[1]d * %[2]v, edge = (%[1]d - side) / 2, drawing = new Image(side, side);
			pen.fillStyle = %[3]q || "transparent";
			pen.fillRect(0, 0, %[1]d, %[1]d);
			drawing.onload = () => { pen.drawImage(drawing, edge, edge, side, side); drawn(canvas.toDataURL()) };
			drawing.src = "data:image/svg+xml;base64,%[4]s";
		})`, i.size, i.part, i.paper, base64.StdEncoding.EncodeToString(svg)), chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(url, "data:image/png;base64,"))
		if err != nil {
			t.Fatal(err)
		}
		path := "../../static/src/" + i.name
		if *drawIcons {
			if err := os.WriteFile(path, drawn, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if away := apart(t, drawn, kept); away > iconsTolerance {
			t.Errorf("%s is %.1f of 255 away from icon.svg: draw it anew", i.name, away)
		}
	}
}

// apart is how far two pictures are from each other, of 255 a channel.
func apart(t *testing.T, a, b []byte) float64 {
	t.Helper()
	x, y := decoded(t, a), decoded(t, b)
	if x.Bounds() != y.Bounds() {
		t.Fatalf("one picture is %v, the other %v", x.Bounds(), y.Bounds())
	}
	sum, n := 0.0, 0
	for r := range x.Bounds().Dy() {
		for c := range x.Bounds().Dx() {
			xr, xg, xb, xa := x.At(c, r).RGBA()
			yr, yg, yb, ya := y.At(c, r).RGBA()
			for _, pair := range [][2]uint32{{xr, yr}, {xg, yg}, {xb, yb}, {xa, ya}} {
				sum += max(float64(pair[0])-float64(pair[1]), float64(pair[1])-float64(pair[0])) / 257
				n++
			}
		}
	}
	return sum / float64(n)
}

func decoded(t *testing.T, picture []byte) image.Image {
	t.Helper()
	x, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	return x
}
