//go:build goexperiment.simd && !purego

#include "textflag.h"
#include "exp_wasm.h"

// func expLoop(y, x unsafe.Pointer, n int, m, scale float32, sum, table unsafe.Pointer)
TEXT ·expLoop(SB), NOSPLIT|NOFRAME, $0-48
	I64Load y+0(FP); Set R0
	I64Load x+8(FP); Set R1
	I64Load n+16(FP); Set R3
	F32Load m+24(FP); F32x4Splat; Set V4
	F32Load scale+28(FP); F32x4Splat; Set V5
	I64Load sum+32(FP); Set R2
	I64Load table+40(FP); Set R5
	LOADAT(R2); Set V6
	SETUP
	Loop
		LOADAT(R1); Get V4; F32x4Sub; Get V5; F32x4Mul; Set V0
		EXP
		Get R0; I32WrapI64; Get V0; V128Store $0
		Get V6; Get V0; F32x4Add; Set V6
		ADVANCE(R0)
		ADVANCE(R1)
		NEXT
	End
	Get R2; I32WrapI64; Get V6; V128Store $0
	RET

// func geluLoop(y, slope, x unsafe.Pointer, n int, table unsafe.Pointer)
TEXT ·geluLoop(SB), NOSPLIT|NOFRAME, $0-40
	I64Load y+0(FP); Set R0
	I64Load slope+8(FP); Set R1
	I64Load x+16(FP); Set R2
	I64Load n+24(FP); Set R3
	I64Load table+32(FP); Set R5
	F32Const $(0.3989422804); F32x4Splat; Set V4
	SETUP
	Loop
		LOADAT(R2); Set V3
		NORMAL
		Get R1; I32WrapI64; Get V3; Get V4; F32x4Mul; Get V0; F32x4Mul; Get V1; F32x4Add; V128Store $0
		Get R0; I32WrapI64; Get V3; Get V1; F32x4Mul; V128Store $0
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		NEXT
	End
	RET
