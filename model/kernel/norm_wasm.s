//go:build goexperiment.simd && !purego

#include "textflag.h"

// Layer and RMS norms, row by row; a row is pairs of vectors, each with a sum of
// its own, since a sum waits four cycles for itself. An RMS norm is a layer norm
// whose mean is taken to be 0 (centre false).

#define AT(row) Get row; Get R7; I64Add; I32WrapI64
#define STEP Get R7; I64Const $32; I64Add; Tee R7; Get R8; I64LtS; BrIf $0

// The second vector of a pair; a store drops its offset.
#define AT16(row) AT(row); I32Const $16; I32Add
#define WALK I64Const $0; Set R7
#define ZERO(v) V128Const $0, $0; Set v
#define ROW(r) Get r; Get R8; I64Add; Set r
#define ONE(r) Get r; I64Const $4; I64Add; Set r

// MEAN is the mean of a row whose sums stand in v. The assembler of Go 1.27
// takes lane 0 whatever lane it is asked for, so they go through memory.
#define MEAN(v) \
	Get R12; I32WrapI64; Get v; V128Store $0; \
	Get R12; I32WrapI64; F32Load $0; Get R12; I32WrapI64; F32Load $4; F32Add; \
	Get R12; I32WrapI64; F32Load $8; Get R12; I32WrapI64; F32Load $12; F32Add; F32Add; \
	Get F0; F32Div

// func normRows(y, mean, rstd, x, gain, bias unsafe.Pointer, rows, c int, eps float32, centre bool, scratch unsafe.Pointer)
TEXT ·normRows(SB), NOSPLIT|NOFRAME, $0-80
	I64Load y+0(FP); Set R0
	I64Load mean+8(FP); Set R4
	I64Load rstd+16(FP); Set R5
	I64Load x+24(FP); Set R1
	I64Load gain+32(FP); Set R2
	I64Load bias+40(FP); Set R3
	I64Load rows+48(FP); Set R6
	I64Load c+56(FP); I64Const $2; I64Shl; Set R8
	I64Load c+56(FP); F32ConvertI64S; Set F0
	F32Load eps+64(FP); Set F1
	I64Load8U centre+68(FP); Set R9
	I64Load scratch+72(FP); Set R12
	ZERO(V4)
	Loop
		Get R9; I64Eqz; I32Eqz
		If
			ZERO(V0)
			ZERO(V2)
			WALK
			Loop
				AT(R1); V128Load $0; Get V0; F32x4Add; Set V0
				AT(R1); V128Load $16; Get V2; F32x4Add; Set V2
				STEP
			End
			Get V0; Get V2; F32x4Add; Set V0
			MEAN(V0); Set F2
			Get F2; F32x4Splat; Set V4
			Get R4; I32WrapI64; Get F2; F32Store $0
			ONE(R4)
		End
		ZERO(V0)
		ZERO(V2)
		WALK
		Loop
			AT(R1); V128Load $0; Get V4; F32x4Sub; Set V1
			Get V1; Get V1; F32x4Mul; Get V0; F32x4Add; Set V0
			AT(R1); V128Load $16; Get V4; F32x4Sub; Set V1
			Get V1; Get V1; F32x4Mul; Get V2; F32x4Add; Set V2
			STEP
		End
		Get V0; Get V2; F32x4Add; Set V0
		F32Const $(1.0); MEAN(V0); Get F1; F32Add; F32Sqrt; F32Div; Set F2
		Get R5; I32WrapI64; Get F2; F32Store $0
		ONE(R5)
		Get F2; F32x4Splat; Set V5
		WALK
		Loop
			AT(R0)
			AT(R1); V128Load $0; Get V4; F32x4Sub; Get V5; F32x4Mul
			AT(R2); V128Load $0; F32x4Mul
			AT(R3); V128Load $0; F32x4Add
			V128Store $0
			AT16(R0)
			AT(R1); V128Load $16; Get V4; F32x4Sub; Get V5; F32x4Mul
			AT(R2); V128Load $16; F32x4Mul
			AT(R3); V128Load $16; F32x4Add
			V128Store $0
			STEP
		End
		ROW(R0)
		ROW(R1)
		Get R6; I64Const $-1; I64Add; Tee R6; I64Const $0; I64GtS; BrIf $0
	End
	RET

// func normGradRows(dx, dgain, dbias, dy, x, gain, mean, rstd unsafe.Pointer, rows, c int, centre bool, scratch unsafe.Pointer)
TEXT ·normGradRows(SB), NOSPLIT|NOFRAME, $0-96
	I64Load dx+0(FP); Set R0
	I64Load dgain+8(FP); Set R10
	I64Load dbias+16(FP); Set R11
	I64Load dy+24(FP); Set R3
	I64Load x+32(FP); Set R1
	I64Load gain+40(FP); Set R2
	I64Load mean+48(FP); Set R4
	I64Load rstd+56(FP); Set R5
	I64Load rows+64(FP); Set R6
	I64Load c+72(FP); I64Const $2; I64Shl; Set R8
	I64Load c+72(FP); F32ConvertI64S; Set F0
	I64Load8U centre+80(FP); Set R9
	I64Load scratch+88(FP); Set R12
	ZERO(V4)
	ZERO(V8)
	Loop
		Get R9; I64Eqz; I32Eqz
		If
			Get R4; I32WrapI64; F32Load $0; F32x4Splat; Set V4
			ONE(R4)
		End
		Get R5; I32WrapI64; F32Load $0; F32x4Splat; Set V5
		ONE(R5)
		ZERO(V6)
		ZERO(V7)
		ZERO(V10)
		ZERO(V11)
		WALK
		Loop
			AT(R3); V128Load $0; Set V0
			AT(R1); V128Load $0; Get V4; F32x4Sub; Get V5; F32x4Mul; Set V1
			AT(R10); Get V0; Get V1; F32x4Mul; AT(R10); V128Load $0; F32x4Add; V128Store $0
			Get R11; I64Eqz; I32Eqz
			If
				AT(R11); Get V0; AT(R11); V128Load $0; F32x4Add; V128Store $0
			End
			Get V0; AT(R2); V128Load $0; F32x4Mul; Set V0
			Get V6; Get V0; F32x4Add; Set V6
			Get V0; Get V1; F32x4Mul; Get V7; F32x4Add; Set V7
			AT(R3); V128Load $16; Set V0
			AT(R1); V128Load $16; Get V4; F32x4Sub; Get V5; F32x4Mul; Set V1
			AT16(R10); Get V0; Get V1; F32x4Mul; AT(R10); V128Load $16; F32x4Add; V128Store $0
			Get R11; I64Eqz; I32Eqz
			If
				AT16(R11); Get V0; AT(R11); V128Load $16; F32x4Add; V128Store $0
			End
			Get V0; AT(R2); V128Load $16; F32x4Mul; Set V0
			Get V10; Get V0; F32x4Add; Set V10
			Get V0; Get V1; F32x4Mul; Get V11; F32x4Add; Set V11
			STEP
		End
		Get R9; I64Eqz; I32Eqz
		If
			Get V6; Get V10; F32x4Add; Set V6
			MEAN(V6); F32x4Splat; Set V8
		End
		Get V7; Get V11; F32x4Add; Set V7
		MEAN(V7); F32Neg; F32x4Splat; Set V9
		WALK
		Loop
			AT(R0)
			AT(R1); V128Load $0; Get V4; F32x4Sub; Get V5; F32x4Mul; Get V9; F32x4Mul
			AT(R3); V128Load $0; AT(R2); V128Load $0; F32x4Mul; Get V8; F32x4Sub
			F32x4Add; Get V5; F32x4Mul
			AT(R0); V128Load $0; F32x4Add
			V128Store $0
			AT16(R0)
			AT(R1); V128Load $16; Get V4; F32x4Sub; Get V5; F32x4Mul; Get V9; F32x4Mul
			AT(R3); V128Load $16; AT(R2); V128Load $16; F32x4Mul; Get V8; F32x4Sub
			F32x4Add; Get V5; F32x4Mul
			AT(R0); V128Load $16; F32x4Add
			V128Store $0
			STEP
		End
		ROW(R0)
		ROW(R1)
		ROW(R3)
		Get R6; I64Const $-1; I64Add; Tee R6; I64Const $0; I64GtS; BrIf $0
	End
	RET
