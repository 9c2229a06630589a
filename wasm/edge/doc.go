//go:build !js

// Command edge is the Cloudflare Worker; it is built for js/wasm only, by make edge.
package main

func main() {
	panic("this command runs on Cloudflare: build it with GOOS=js GOARCH=wasm, as make edge does")
}
