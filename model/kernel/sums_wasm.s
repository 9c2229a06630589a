//go:build goexperiment.simd && !purego

#include "textflag.h"

// A weighted sum of rows, sixteen columns at once, each in its own sum.
//
//	R0 y   R1 weights   R2 the first row's columns   R3 weight of the turn
//	R4 row of the turn   R5 weights left   R6 bytes from row to row
//	R7 groups of columns left   R8 weights in all

#define KEEP(at, v) Get R0; I32WrapI64; V128Load $at; Set v
// The assembler of Go 1.27 drops the offset of a store.
#define GIVE(at, v) Get R0; I64Const $at; I64Add; I32WrapI64; Get v; V128Store $0
#define PUT(at, v) Get R4; I32WrapI64; V128Load $at; Get V4; F32x4Mul; Get v; F32x4Add; Set v

// func sumRows(y, x, b unsafe.Pointer, stride uintptr, groups, k int)
TEXT ·sumRows(SB), NOSPLIT|NOFRAME, $0-48
	I64Load y+0(FP); Set R0
	I64Load x+8(FP); Set R1
	I64Load b+16(FP); Set R2
	I64Load stride+24(FP); Set R6
	I64Load groups+32(FP); Set R7
	I64Load k+40(FP); Set R8
	Loop
		KEEP(0, V0); KEEP(16, V1); KEEP(32, V2); KEEP(48, V3)
		Get R1; Set R3
		Get R2; Set R4
		Get R8; Set R5
		Loop
			Get R3; I32WrapI64; F32Load $0; F32x4Splat; Set V4
			PUT(0, V0); PUT(16, V1); PUT(32, V2); PUT(48, V3)
			Get R3; I64Const $4; I64Add; Set R3
			Get R4; Get R6; I64Add; Set R4
			Get R5; I64Const $-1; I64Add; Tee R5; I64Const $0; I64GtS; BrIf $0
		End
		GIVE(0, V0); GIVE(16, V1); GIVE(32, V2); GIVE(48, V3)
		Get R0; I64Const $64; I64Add; Set R0
		Get R2; I64Const $64; I64Add; Set R2
		Get R7; I64Const $-1; I64Add; Tee R7; I64Const $0; I64GtS; BrIf $0
	End
	RET
