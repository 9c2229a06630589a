//go:build goexperiment.simd && !purego

#include "textflag.h"
#include "dots_wasm.h"

//	R0 y   R8 groups left

// func dotRows(y, x, b unsafe.Pointer, stride uintptr, groups, k int)
TEXT ·dotRows(SB), NOSPLIT|NOFRAME, $0-48
	I64Load y+0(FP); Set R0
	I64Load x+8(FP); Set R1
	I64Load b+16(FP); Set R2
	I64Load stride+24(FP); Set R9
	I64Load groups+32(FP); Set R8
	I64Load k+40(FP); I64Const $2; I64Shl; Set R7
	SETUPDOTS
	Loop
		FOURDOTS
		Get R0; I32WrapI64
		FOURSUMS
		Get R0; I32WrapI64; V128Load $0; F32x4Add
		V128Store $0
		Get R0; I64Const $16; I64Add; Set R0
		Get R5; Get R9; I64Add; Set R2
		Get R8; I64Const $-1; I64Add; Tee R8; I64Const $0; I64GtS; BrIf $0
	End
	RET
