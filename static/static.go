// Package static is the page as files: html, css, scripts, wasm modules and
// samples, put together by static/build and embedded in the command.
package static

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built page. Where it was never built it says how to.
func Files() (fs.FS, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return nil, errors.New("static: this command was built without the page: run `make build`, which builds both")
	}
	return files, nil
}
