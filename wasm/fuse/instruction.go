package fuse

import "fmt"

// instruction reads one instruction and does to the stack what it does. The
// numbers are the opcodes of the WebAssembly specification, 2.0, appendix A.
func (f *function) instruction() {
	switch op := f.byte(); {
	case op == 0xFD:
		f.vector()
	case op == 0xFC:
		f.bulk()
	case op == 0x01: // nop
	case op == 0x20 || op == 0x23: // local.get, global.get
		f.leb()
		f.push(0)
	case op == 0x21 || op == 0x24: // local.set, global.set
		f.leb()
		f.pop(1)
	case op == 0x22: // local.tee: the value is used twice
		f.leb()
		f.effect(1)
	case op == 0x41 || op == 0x42: // i32.const, i64.const
		f.leb()
		f.push(0)
	case op == 0x43: // f32.const
		f.skip(4)
		f.push(0)
	case op == 0x44: // f64.const
		f.skip(8)
		f.push(0)
	case 0x28 <= op && op <= 0x35: // loads
		f.memory()
		f.effect(1)
	case 0x36 <= op && op <= 0x3E: // stores
		f.memory()
		f.pop(2)
	case op == 0x1A: // drop
		f.pop(1)
	case op == 0x1B: // select
		f.effect(3)
	case 0x45 <= op && op <= 0xC4:
		f.effect(operands(op))
	default:
		f.control(op)
	}
}

// operands of the numeric instructions, each of which gives one result.
func operands(op byte) int {
	switch {
	case op == 0x45 || op == 0x50, // eqz
		0x67 <= op && op <= 0x69, 0x79 <= op && op <= 0x7B, // clz, ctz, popcnt
		0x8B <= op && op <= 0x91, 0x99 <= op && op <= 0x9F, // abs to sqrt
		0xA7 <= op: // conversions
		return 1
	}
	return 2
}

// control reads what ends straight code.
func (f *function) control(op byte) {
	f.forget()
	switch op {
	case 0x00, 0x05, 0x0B, 0x0F: // unreachable, else, end, return
	case 0x02, 0x03, 0x04, 0x0C, 0x0D, 0x10, 0x3F, 0x40: // block, loop, if, br, br_if, call, memory.size, memory.grow
		f.leb()
	case 0x0E: // br_table
		for i := f.uint(); i >= 0 && f.err == nil; i-- {
			f.leb()
		}
	case 0x11: // call_indirect
		f.leb()
		f.leb()
	default:
		f.err = fmt.Errorf("an opcode that Go does not use: %#x", op)
	}
}

func (f *function) memory() {
	f.leb() // alignment
	f.leb() // offset
}

// bulk reads the instructions behind 0xFC.
func (f *function) bulk() {
	switch op := f.uint(); {
	case op <= 7: // trunc_sat
		f.effect(1)
	case op == 10: // memory.copy
		f.skip(2)
		f.forget()
	case op == 11: // memory.fill
		f.skip(1)
		f.forget()
	default:
		f.err = fmt.Errorf("an opcode that Go does not use: 0xfc %d", op)
	}
}

// Vector instructions that are told apart, behind 0xFD.
const (
	f32x4Add    = 0xE4
	f32x4Mul    = 0xE6
	relaxedMadd = 0x105
	opcodeBytes = 3 // each of these three, its prefix included
)

// vector reads the instructions behind 0xFD, and fuses.
func (f *function) vector() {
	at := f.at - 1
	switch op := f.uint(); {
	case op <= 10 || op == 92 || op == 93: // loads
		f.memory()
		f.effect(1)
	case op == 11: // store
		f.memory()
		f.pop(2)
	case op == 12: // const
		f.skip(16)
		f.push(0)
	case op == 13: // shuffle
		f.skip(16)
		f.effect(2)
	case 21 <= op && op <= 34: // lanes
		f.skip(1)
		if op == 23 || op == 26 || op == 28 || op == 30 || op == 32 || op == 34 {
			f.effect(2)
		} else {
			f.effect(1)
		}
	case 84 <= op && op <= 91: // lanes in memory
		f.memory()
		f.skip(1)
		f.forget()
	case op == f32x4Mul:
		f.pop(2)
		f.push(at)
	case op == f32x4Add:
		if mul := f.pop(2); mul > 0 {
			f.fuse(mul, at)
		}
		f.push(0)
	default:
		f.plain(op)
	}
}

// plain is what has no immediate operands.
func (f *function) plain(op int) {
	switch {
	case 15 <= op && op <= 20, op == 77, op == 83, // splats, not, any_true
		op == 0xE0 || op == 0xE1 || op == 0xE3: // f32x4 abs, neg, sqrt
		f.effect(1)
	case op == 14, 35 <= op && op <= 76, 78 <= op && op <= 81, // swizzle, comparisons, and to xor
		0xAB <= op && op <= 0xAE, op == 0xB1, // i32x4 shifts, add, sub
		0xE5 <= op && op <= 0xEB: // f32x4 sub, div, min, max, pmin, pmax
		f.effect(2)
	case op == 82: // bitselect
		f.effect(3)
	default:
		f.forget()
	}
}

// fuse makes the product at mul wait for the sum at add. Both may have been
// written longer than need be; then they stay.
func (f *function) fuse(mul, add int) {
	if f.b[mul+1] != f32x4Mul || f.b[mul+2] != 1 || f.b[add+1] != f32x4Add || f.b[add+2] != 1 {
		return
	}
	copy(f.b[mul:mul+opcodeBytes], []byte{0x01, 0x01, 0x01})
	copy(f.b[add:add+opcodeBytes], []byte{0xFD, relaxedMadd&0x7F | 0x80, relaxedMadd >> 7})
	f.fused++
}
