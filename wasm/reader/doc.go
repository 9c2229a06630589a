//go:build !js

// Command reader is the worker that reads documents; it is built for js/wasm only.
package main

func main() { panic("this command runs in a browser: build it with GOOS=js GOARCH=wasm") }
