// Package webgpu is the Backend over a browser's graphics card, for wasm in a browser or
// in Node; elsewhere it is empty.
//
// Tensors lie in buffers of the card. A method of the Backend computes nothing: it adds a
// call to a list of numbers (call_js.go), a shader with where its operands lie and what its
// numbers are, which one call of JavaScript plays into one pass (static/src/gpu.js). What
// is downloaded is waited for.
//
// Each operation is a file of shaders/, named after the method of tensor.Backend that it
// stands for; it names its reference, the kernel of package kernel that computes the same.
// A shader is written with its operands as functions, x(i) and set_x(i, v), so that it
// reads like its reference; shader_js.go writes those functions, by the buffers in which the
// operands of a call lie. All numbers are float32. No atomics, no subgroups: each number
// has one owner that sums in one order, so that the same card computes the same bits.
package webgpu
