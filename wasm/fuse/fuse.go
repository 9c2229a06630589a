// Package fuse makes a WebAssembly module multiply and add in one operation.
//
// Go 1.27 cannot say f32x4.relaxed_madd: its assembler encodes relaxed opcodes
// wrongly, and its compiler turns MulAdd into a product and a sum. Fuse changes
// that after linking. In the code section only, where the first operand of an
// f32x4.add is a product straight from an f32x4.mul,
//
//	a  b  f32x4.mul  c…  f32x4.add   becomes   a  b  nop nop nop  c…  f32x4.relaxed_madd
//
// byte for byte as long, so that nothing else moves. The sum is then rounded
// once instead of twice where the machine fuses (x86 with FMA3, Arm), and the
// product needs no register. Engines that lack relaxed SIMD refuse the module:
// the one that it was made from must stay beside it.
package fuse

import (
	"errors"
	"fmt"
)

// Fuse returns a copy of module with its multiply-adds fused, and how many
// they are. module must be a whole WebAssembly binary (version 1).
func Fuse(module []byte) ([]byte, int, error) {
	if len(module) < 8 || string(module[:8]) != "\x00asm\x01\x00\x00\x00" {
		return nil, 0, errors.New("fuse: not a WebAssembly module of version 1")
	}
	out := append([]byte(nil), module...)
	r := reader{b: out, at: 8}
	fused := 0
	for r.at < len(out) && r.err == nil {
		id, size := r.byte(), r.uint()
		end := r.at + size
		if r.err != nil || end > len(out) {
			return nil, 0, errors.New("fuse: a section ends outside of the module")
		}
		if id == codeSection {
			n, err := fuseCode(out[:end], r.at)
			if err != nil {
				return nil, 0, err
			}
			fused += n
		}
		r.at = end
	}
	return out, fused, r.err
}

const codeSection = 10

// fuseCode goes through the functions of the code section b[at:].
func fuseCode(b []byte, at int) (fused int, err error) {
	r := reader{b: b, at: at}
	for i := r.uint(); i > 0 && r.err == nil; i-- {
		end := r.uint()
		end += r.at
		if r.err != nil || end > len(b) {
			return fused, errors.New("fuse: a function ends outside of the code section")
		}
		n, err := fuseFunction(b[:end], r.at)
		if err != nil {
			return fused, err
		}
		fused += n
		r.at = end
	}
	return fused, r.err
}

// fuseFunction goes through one body: groups of locals, then instructions.
func fuseFunction(b []byte, at int) (fused int, err error) {
	f := function{reader: reader{b: b, at: at}}
	for i := f.uint(); i > 0 && f.err == nil; i-- {
		f.uint()
		f.byte()
	}
	for f.at < len(b) && f.err == nil {
		f.instruction()
	}
	if f.err != nil {
		return 0, fmt.Errorf("fuse: byte %d: %w", f.at, f.err)
	}
	return f.fused, nil
}

// function follows what lies on the operand stack within straight code.
type function struct {
	reader
	stack []int // of each operand: where the f32x4.mul that made it stands, else 0
	fused int
}

func (f *function) push(mul int) { f.stack = append(f.stack, mul) }

// pop takes n operands and returns where the deepest comes from.
func (f *function) pop(n int) int {
	if n > len(f.stack) { // they come from before the straight code
		f.stack = f.stack[:0]
		return 0
	}
	at := len(f.stack) - n
	mul := f.stack[at]
	f.stack = f.stack[:at]
	return mul
}

// forget is for what is not straight code: nothing is known of the stack.
func (f *function) forget() { f.stack = f.stack[:0] }

// effect pops in operands and pushes one.
func (f *function) effect(in int) {
	f.pop(in)
	f.push(0)
}

// reader reads WebAssembly's integers.
type reader struct {
	b   []byte
	at  int
	err error
}

var errShort = errors.New("the module ends too early")

func (r *reader) byte() byte {
	if r.at >= len(r.b) {
		r.err = errShort
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *reader) skip(n int) {
	if n > len(r.b)-r.at {
		r.err = errShort
		return
	}
	r.at += n
}

// uint reads an unsigned LEB128 of at most 32 bits.
func (r *reader) uint() int {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7F) << shift
		if c < 0x80 {
			return int(v)
		}
	}
	r.err = errors.New("a number of more than 32 bits")
	return 0
}

// leb skips a LEB128 of at most 64 bits.
func (r *reader) leb() {
	for range 10 {
		if r.byte() < 0x80 {
			return
		}
	}
	r.err = errors.New("a number of more than 64 bits")
}
