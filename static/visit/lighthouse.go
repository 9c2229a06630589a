package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// lighthouse lies where make visit installs it.
const lighthouse = "static/visit/testdata/lighthouse/node_modules/lighthouse/cli/index.js"

// report is the part of Lighthouse's answer that is read.
type report struct {
	RuntimeError struct{ Message string }
	Categories   map[string]struct{ Score float64 }
	Audits       map[string]struct{ NumericValue float64 }
}

// judge asks Lighthouse, again where it fails, as on a busy machine it does.
func judge(ctx context.Context, address string) (j visit, err error) {
	if _, err := os.Stat(lighthouse); err != nil {
		return nil, fmt.Errorf("%w (run `make visit`, which installs it, in the repository's root)", err)
	}
	for range 3 {
		if j, err = askLighthouse(ctx, address); err == nil || ctx.Err() != nil {
			break
		}
	}
	return j, err
}

// askLighthouse asks it as it is set up for desktops: it slows the network and
// reckons, rather than waits.
func askLighthouse(ctx context.Context, address string) (visit, error) {
	// As headless.Open starts it.
	cmd := exec.CommandContext(ctx, "node", lighthouse, address, "--preset=desktop", "--output=json", "--quiet", "--no-enable-error-reporting",
		"--chrome-flags=--headless --no-sandbox --disable-dev-shm-usage --disable-background-networking --disable-component-update --disable-sync")
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium())
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("Lighthouse: %w: %s", err, errs.Bytes())
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, fmt.Errorf("Lighthouse's answer: %w", err)
	}
	if r.RuntimeError.Message != "" {
		return nil, errors.New("Lighthouse: " + r.RuntimeError.Message)
	}
	j := visit{}
	for _, name := range []string{"performance", "accessibility", "best-practices", "seo"} {
		j[name] = 100 * r.Categories[name].Score
	}
	for _, name := range []string{"first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index"} {
		j[name] = r.Audits[name].NumericValue / 1000
	}
	j["cumulative-layout-shift"] = r.Audits["cumulative-layout-shift"].NumericValue
	return j, nil
}

// chromium is the browser that Lighthouse is to start; where the system knows none
// by these names, it looks for one itself.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			if path, err = filepath.Abs(path); err == nil {
				return cmp.Or(os.Getenv("CHROME_PATH"), path)
			}
		}
	}
	return os.Getenv("CHROME_PATH")
}
