//go:build goexperiment.simd && !purego

#include "textflag.h"

// Sixteen numbers a turn; n is a multiple of 16 and at least that.

#define AT(r, at) Get r; I32WrapI64; V128Load $at
#define TO(at) Get R0; I32WrapI64; I32Const $at; I32Add
#define ADVANCE(r) Get r; I64Const $64; I64Add; Set r
#define NEXT Get R3; I64Const $-16; I64Add; Tee R3; I64Const $0; I64GtS; BrIf $0

#define UNARY \
	I64Load dst+0(FP); Set R0; \
	F32Load a+8(FP); F32x4Splat; Set V0; \
	I64Load x+16(FP); Set R1; \
	I64Load n+24(FP); Set R3

#define BINARY \
	I64Load dst+0(FP); Set R0; \
	I64Load x+8(FP); Set R1; \
	I64Load y+16(FP); Set R2; \
	I64Load n+24(FP); Set R3

#define SPLAT(at, v) Get R5; I32WrapI64; F32Load $at; F32x4Splat; Set v
#define ADD(at) TO(at); AT(R1, at); AT(R2, at); F32x4Add; V128Store $0
#define MUL(at) TO(at); AT(R1, at); AT(R2, at); F32x4Mul; V128Store $0
#define MULADD(at) TO(at); AT(R1, at); AT(R2, at); F32x4Mul; AT(R0, at); F32x4Add; V128Store $0
#define AXPY(at) TO(at); AT(R1, at); Get V0; F32x4Mul; AT(R0, at); F32x4Add; V128Store $0
#define SCALE(at) TO(at); AT(R1, at); Get V0; F32x4Mul; V128Store $0

// func addLoop(dst, x, y unsafe.Pointer, n int)
TEXT ·addLoop(SB), NOSPLIT|NOFRAME, $0-32
	BINARY
	Loop
		ADD(0)
		ADD(16)
		ADD(32)
		ADD(48)
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		NEXT
	End
	RET

// func mulLoop(dst, x, y unsafe.Pointer, n int)
TEXT ·mulLoop(SB), NOSPLIT|NOFRAME, $0-32
	BINARY
	Loop
		MUL(0)
		MUL(16)
		MUL(32)
		MUL(48)
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		NEXT
	End
	RET

// func mulAddLoop(dst, x, y unsafe.Pointer, n int)
TEXT ·mulAddLoop(SB), NOSPLIT|NOFRAME, $0-32
	BINARY
	Loop
		MULADD(0)
		MULADD(16)
		MULADD(32)
		MULADD(48)
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		NEXT
	End
	RET

// func axpyLoop(dst unsafe.Pointer, a float32, x unsafe.Pointer, n int)
TEXT ·axpyLoop(SB), NOSPLIT|NOFRAME, $0-32
	UNARY
	Loop
		AXPY(0)
		AXPY(16)
		AXPY(32)
		AXPY(48)
		ADVANCE(R0)
		ADVANCE(R1)
		NEXT
	End
	RET

// func scaleLoop(dst unsafe.Pointer, a float32, x unsafe.Pointer, n int)
TEXT ·scaleLoop(SB), NOSPLIT|NOFRAME, $0-32
	UNARY
	Loop
		SCALE(0)
		SCALE(16)
		SCALE(32)
		SCALE(48)
		ADVANCE(R0)
		ADVANCE(R1)
		NEXT
	End
	RET

// func adamwLoop(w, grad, m, v unsafe.Pointer, n int, s *[9]float32)
//
// The numbers of s: β1, 1-β1, β2, 1-β2, 1/c1, 1/c2, eps, 1 - lr·decay, -lr.
TEXT ·adamwLoop(SB), NOSPLIT|NOFRAME, $0-48
	I64Load w+0(FP); Set R0
	I64Load grad+8(FP); Set R1
	I64Load m+16(FP); Set R2
	I64Load v+24(FP); Set R4
	I64Load n+32(FP); Set R3
	I64Load s+40(FP); Set R5
	SPLAT(0, V4)
	SPLAT(4, V5)
	SPLAT(8, V6)
	SPLAT(12, V7)
	SPLAT(16, V8)
	SPLAT(20, V9)
	SPLAT(24, V10)
	SPLAT(28, V11)
	SPLAT(32, V12)
	Loop
		AT(R1, 0); Set V0
		Get V5; Get V0; F32x4Mul; AT(R2, 0); Get V4; F32x4Mul; F32x4Add; Set V1
		Get V7; Get V0; F32x4Mul; Get V0; F32x4Mul; AT(R4, 0); Get V6; F32x4Mul; F32x4Add; Set V2
		Get R2; I32WrapI64; Get V1; V128Store $0
		Get R4; I32WrapI64; Get V2; V128Store $0
		Get R0; I32WrapI64
		Get V1; Get V8; F32x4Mul
		Get V2; Get V9; F32x4Mul; F32x4Sqrt; Get V10; F32x4Add
		F32x4Div; Get V12; F32x4Mul
		AT(R0, 0); Get V11; F32x4Mul; F32x4Add
		V128Store $0
		Get R0; I64Const $16; I64Add; Set R0
		Get R1; I64Const $16; I64Add; Set R1
		Get R2; I64Const $16; I64Add; Set R2
		Get R4; I64Const $16; I64Add; Set R4
		Get R3; I64Const $-4; I64Add; Tee R3; I64Const $0; I64GtS; BrIf $0
	End
	RET
