// Package jsrt is the one helper for JavaScript: wait for a promise, yield to
// the event loop, and move bytes. It is empty outside of a browser.
package jsrt
