//go:build goexperiment.simd && !purego

#include "textflag.h"
#include "exp_wasm.h"

// Both functions go over rows of a causal matrix, of which each sees one number
// more than the one before, or some other number that the caller says. Rows are
// whole vectors long.
//
//	R0 row   R1 numbers seen   R2 rows left   R6 bytes of the vectors that hold
//	what is seen   R7 walking   R8 bytes from row to row   R9 bytes of a row

#define BYTES(to, numbers) Get numbers; I64Const $3; I64Add; I64Const $-4; I64And; I64Const $2; I64Shl; Set to

// WALK begins a loop over row+R7, R7 from 0 to R6; STEP ends it.
#define AT(row) Get row; Get R7; I64Add; I32WrapI64
#define STEP Get R7; I64Const $16; I64Add; Tee R7; Get R6; I64LtS; BrIf $0

// FILL writes a number, as bits, behind what is seen up to a whole vector.
#define FILL(bits) \
	Get R1; I64Const $2; I64Shl; Set R7; \
	Block; \
	Loop; \
		Get R7; Get R6; I64GeS; BrIf $1; \
		AT(R0); I32Const $bits; I32Store $0; \
		Get R7; I64Const $4; I64Add; Set R7; \
		Br $0; \
	End; \
	End

#define MINUSINF -8388608

// ZEROREST clears the row from R6 to R9.
#define ZEROREST \
	Get R6; Set R7; \
	Block; \
	Loop; \
		Get R7; Get R9; I64GeS; BrIf $1; \
		AT(R0); V128Const $0, $0; V128Store $0; \
		Get R7; I64Const $16; I64Add; Set R7; \
		Br $0; \
	End; \
	End

// LANES is op over the four numbers of v. The assembler of Go 1.27 takes lane 0
// whatever lane it is asked for, so they go through memory, at R12.
#define LANES(v, op) \
	Get R12; I32WrapI64; Get v; V128Store $0; \
	Get R12; I32WrapI64; F32Load $0; Get R12; I32WrapI64; F32Load $4; op; \
	Get R12; I32WrapI64; F32Load $8; Get R12; I32WrapI64; F32Load $12; op; op

// func softmaxRows(p unsafe.Pointer, stride uintptr, rows, seen, more, cols int, scale float32, again bool, sums, table unsafe.Pointer)
TEXT ·softmaxRows(SB), NOSPLIT|NOFRAME, $0-72
	I64Load p+0(FP); Set R0
	I64Load stride+8(FP); Set R8
	I64Load rows+16(FP); Set R2
	I64Load seen+24(FP); Set R1
	I64Load cols+40(FP); I64Const $2; I64Shl; Set R9
	F32Load scale+48(FP); F32x4Splat; Set V5
	I64Load8U again+52(FP); Set R11
	I64Load sums+56(FP); Set R10
	I64Load table+64(FP); Tee R5; I64Const $SCRATCH; I64Add; Set R12
	SETUP
	Loop
		BYTES(R6, R1)
		FILL(MINUSINF) // whose exponential is 0
		Get R11; I64Eqz
		If
			Get R0; I32WrapI64; V128Load $0; Set V4
			I64Const $0; Set R7
			Loop
				AT(R0); V128Load $0; Get V4; F32x4Pmax; Set V4
				STEP
			End
			Get R10; I32WrapI64
			LANES(V4, F32Max)
			F32Store $0
		End
		Get R10; I32WrapI64; F32Load $0; F32x4Splat; Set V4
		V128Const $0, $0; Set V6
		I64Const $0; Set R7
		Loop
			AT(R0); V128Load $0; Get V4; F32x4Sub; Get V5; F32x4Mul; Set V0
			EXP
			AT(R0); Get V0; V128Store $0
			Get V6; Get V0; F32x4Add; Set V6
			STEP
		End
		Get R11; I64Eqz
		If
			Get R10; I32WrapI64
			F32Const $(1.0)
			LANES(V6, F32Add)
			F32Div
			F32Store $4
		End
		Get R10; I32WrapI64; F32Load $4; F32x4Splat; Set V3
		I64Const $0; Set R7
		Loop
			AT(R0); AT(R0); V128Load $0; Get V3; F32x4Mul; V128Store $0
			STEP
		End
		ZEROREST
		Get R0; Get R8; I64Add; Set R0
		Get R10; I64Const $8; I64Add; Set R10
		I64Load more+32(FP); Get R1; I64Add; Set R1
		Get R2; I64Const $-1; I64Add; Tee R2; I64Const $0; I64GtS; BrIf $0
	End
	RET

// func softmaxGradRows(dp, p unsafe.Pointer, stride uintptr, rows, seen, cols int, scale float32, table unsafe.Pointer)
TEXT ·softmaxGradRows(SB), NOSPLIT|NOFRAME, $0-64
	I64Load dp+0(FP); Set R0
	I64Load p+8(FP); Set R3
	I64Load stride+16(FP); Set R8
	I64Load rows+24(FP); Set R2
	I64Load seen+32(FP); Set R1
	I64Load cols+40(FP); I64Const $2; I64Shl; Set R9
	F32Load scale+48(FP); F32x4Splat; Set V5
	I64Load table+56(FP); I64Const $SCRATCH; I64Add; Set R12
	Loop
		BYTES(R6, R1)
		FILL(0)
		V128Const $0, $0; Set V6
		I64Const $0; Set R7
		Loop
			AT(R0); V128Load $0; AT(R3); V128Load $0; F32x4Mul; Get V6; F32x4Add; Set V6
			STEP
		End
		LANES(V6, F32Add)
		F32x4Splat; Set V6
		I64Const $0; Set R7
		Loop
			AT(R0)
			AT(R3); V128Load $0; Get V5; F32x4Mul
			AT(R0); V128Load $0; Get V6; F32x4Sub; F32x4Mul
			V128Store $0
			STEP
		End
		FILL(0)
		ZEROREST
		Get R0; Get R8; I64Add; Set R0
		Get R3; Get R8; I64Add; Set R3
		Get R1; I64Const $1; I64Add; Set R1
		Get R2; I64Const $-1; I64Add; Tee R2; I64Const $0; I64GtS; BrIf $0
	End
	RET
