//go:build !js

package handoff

import "embed"

//go:embed continue.py verifier.py
var scripts embed.FS

// Script is the text of one of Scripts. In the browser they are files beside the page,
// since few ask for them.
func Script(name string) ([]byte, error) { return scripts.ReadFile(name) }
