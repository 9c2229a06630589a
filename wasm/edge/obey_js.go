//go:build edgetest

package main

import (
	"net/http"

	"hornbook/web/share"
	"hornbook/web/share/sharetest"
)

// handler obeys what tests say of the clock and of addresses. It is in no program that
// is put up: make edge builds without the tag, and a test asks that program.
func handler(s *share.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sharetest.Obey(s, r).ServeHTTP(w, r) })
}
