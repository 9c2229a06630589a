//go:build !js

// Command trainer is the worker behind the page; it is built for js/wasm only.
package main

func main() { panic("this command runs in a browser: build it with GOOS=js GOARCH=wasm") }
