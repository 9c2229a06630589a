//go:build !edgetest

package main

import (
	"net/http"

	"hornbook/web/share"
)

func handler(s *share.Server) http.Handler { return s }
