//go:build goexperiment.simd && !purego

#include "textflag.h"
#include "exp_wasm.h"

// func swigluLoop(y, gate, up unsafe.Pointer, n int, table unsafe.Pointer)
TEXT ·swigluLoop(SB), NOSPLIT|NOFRAME, $0-40
	I64Load y+0(FP); Set R0
	I64Load gate+8(FP); Set R1
	I64Load up+16(FP); Set R2
	I64Load n+24(FP); Set R3
	I64Load table+32(FP); Set R5
	SETUP
	Loop
		LOADAT(R1); Tee V3; F32x4Neg; Set V0
		EXP
		Get R0; I32WrapI64
		Get V3; LOADAT(R2); F32x4Mul; Get V0; Get V13; F32x4Add; F32x4Div
		V128Store $0
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		NEXT
	End
	RET

// func swigluGradLoop(dgate, dup, dy, gate, up unsafe.Pointer, n int, table unsafe.Pointer)
TEXT ·swigluGradLoop(SB), NOSPLIT|NOFRAME, $0-56
	I64Load dgate+0(FP); Set R0
	I64Load dup+8(FP); Set R4
	I64Load dy+16(FP); Set R6
	I64Load gate+24(FP); Set R1
	I64Load up+32(FP); Set R2
	I64Load n+40(FP); Set R3
	I64Load table+48(FP); Set R5
	SETUP
	Loop
		LOADAT(R1); Tee V3; F32x4Neg; Set V0
		EXP
		// V0 = s, V4 = dy·s, V5 = 1 + gate·(1-s)
		Get V13; Get V0; Get V13; F32x4Add; F32x4Div; Set V0
		LOADAT(R6); Get V0; F32x4Mul; Set V4
		Get V3; Get V13; Get V0; F32x4Sub; F32x4Mul; Get V13; F32x4Add; Set V5
		Get R4; I32WrapI64; Get V4; Get V3; F32x4Mul; LOADAT(R4); F32x4Add; V128Store $0
		Get R0; I32WrapI64; Get V4; LOADAT(R2); F32x4Mul; Get V5; F32x4Mul; LOADAT(R0); F32x4Add; V128Store $0
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		ADVANCE(R4)
		ADVANCE(R6)
		NEXT
	End
	RET
