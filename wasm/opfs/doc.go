// Package opfs is the shelf's storage in a browser: the origin's private file
// system, which only workers can write. It is empty outside of a browser.
package opfs
