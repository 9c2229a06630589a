//go:build goexperiment.simd && !purego

#include "textflag.h"

// func rotateRows(y, x, cos, sin unsafe.Pointer, rows, h, half int, sign float32, add bool)
//
//	R0 y   R1 x   R2 cos   R3 sin   R4 rows left   R5 heads left   R6 bytes of
//	half a head   R7 walking through it
TEXT ·rotateRows(SB), NOSPLIT|NOFRAME, $0-61
	I64Load y+0(FP); Set R0
	I64Load x+8(FP); Set R1
	I64Load cos+16(FP); Set R2
	I64Load sin+24(FP); Set R3
	I64Load rows+32(FP); Set R4
	I64Load half+48(FP); I64Const $2; I64Shl; Set R6
	F32Load sign+56(FP); F32x4Splat; Set V6
	I64Load8U add+60(FP); Set R8
	Loop
		I64Load h+40(FP); Set R5
		Loop
			Get R0; Get R6; I64Add; Set R10
			Get R1; Get R6; I64Add; Set R11
			I64Const $0; Set R7
			Loop
				Get R1; Get R7; I64Add; I32WrapI64; V128Load $0; Set V0
				Get R11; Get R7; I64Add; I32WrapI64; V128Load $0; Set V1
				Get R2; Get R7; I64Add; I32WrapI64; V128Load $0; Set V2
				Get R3; Get R7; I64Add; I32WrapI64; V128Load $0; Get V6; F32x4Mul; Set V3
				Get V1; Get V3; F32x4Neg; F32x4Mul; Get V0; Get V2; F32x4Mul; F32x4Add; Set V4
				Get V0; Get V3; F32x4Mul; Get V1; Get V2; F32x4Mul; F32x4Add; Set V5
				Get R8; I64Eqz; I32Eqz
				If
					Get V4; Get R0; Get R7; I64Add; I32WrapI64; V128Load $0; F32x4Add; Set V4
					Get V5; Get R10; Get R7; I64Add; I32WrapI64; V128Load $0; F32x4Add; Set V5
				End
				Get R0; Get R7; I64Add; I32WrapI64; Get V4; V128Store $0
				Get R10; Get R7; I64Add; I32WrapI64; Get V5; V128Store $0
				Get R7; I64Const $16; I64Add; Tee R7; Get R6; I64LtS; BrIf $0
			End
			Get R10; Get R6; I64Add; Set R0
			Get R11; Get R6; I64Add; Set R1
			Get R5; I64Const $-1; I64Add; Tee R5; I64Const $0; I64GtS; BrIf $0
		End
		Get R2; Get R6; I64Add; Set R2
		Get R3; Get R6; I64Add; Set R3
		Get R4; I64Const $-1; I64Add; Tee R4; I64Const $0; I64GtS; BrIf $0
	End
	RET
