//go:build goexperiment.simd && !purego

#include "textflag.h"

// Eight numbers a turn, n of each row; n is a multiple of eight and at least that.
//
//	R0 to   R1 from   R2 rows left   R3 numbers left of the row   R4 to and R5 from of the row

#define ROWS(EIGHT) \
	I64Load to+0(FP); Set R4; \
	I64Load from+8(FP); Set R5; \
	I64Load rows+32(FP); Set R2; \
	Loop; \
		Get R4; Set R0; \
		Get R5; Set R1; \
		I64Load n+40(FP); Set R3; \
		Loop; \
			Get R1; I32WrapI64; V128Load $0; Set V0; \
			EIGHT \
			Get R0; I64Const $32; I64Add; Set R0; \
			Get R1; I64Const $16; I64Add; Set R1; \
			Get R3; I64Const $-8; I64Add; Tee R3; I64Const $0; I64GtS; BrIf $0; \
		End; \
		Get R4; I64Load toStride+16(FP); I64Add; Set R4; \
		Get R5; I64Load fromStride+24(FP); I64Add; Set R5; \
		Get R2; I64Const $-1; I64Add; Tee R2; I64Const $0; I64GtS; BrIf $0; \
	End

// Each moves up by 16 bits. V128Store drops its offset.
#define BRAINS \
	Get R0; I32WrapI64; Get V0; I32x4ExtendLowI16x8U; I32Const $16; I32x4Shl; V128Store $0; \
	Get R0; I32WrapI64; I32Const $16; I32Add; Get V0; I32x4ExtendHighI16x8U; I32Const $16; I32x4Shl; V128Store $0;

// Exponent and fraction, moved up by 13 bits, are a float32 that is 2^112 times too
// small; the sign goes to its place.
#define BINARY \
	Tee V1; Get V2; V128And; I32Const $13; I32x4Shl; Get V3; F32x4Mul; \
	Get V1; Get V4; V128And; I32Const $16; I32x4Shl; V128Or; V128Store $0;

#define BINARIES \
	Get R0; I32WrapI64; Get V0; I32x4ExtendLowI16x8U; BINARY \
	Get R0; I32WrapI64; I32Const $16; I32Add; Get V0; I32x4ExtendHighI16x8U; BINARY

// func widenBrains(to, from unsafe.Pointer, toStride, fromStride uintptr, rows, n int)
TEXT ·widenBrains(SB), NOSPLIT|NOFRAME, $0-48
	ROWS(BRAINS)
	RET

// func widenBinaries(to, from unsafe.Pointer, toStride, fromStride uintptr, rows, n int)
TEXT ·widenBinaries(SB), NOSPLIT|NOFRAME, $0-48
	I32Const $0x7FFF; I32x4Splat; Set V2
	I32Const $0x77800000; I32x4Splat; Set V3
	I32Const $0x8000; I32x4Splat; Set V4
	ROWS(BINARIES)
	RET
