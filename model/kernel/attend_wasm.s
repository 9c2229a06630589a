//go:build goexperiment.simd && !purego

#include "textflag.h"
#include "dots_wasm.h"

// Both loops go over keys as they lie in memory, a row of all heads after the
// other, and over the heads of a few rows before the next few.
//
//	R0 what is written   R1 of the head: its query, or its weights   R2 the head
//	in the first row   R7 bytes of a head   R9 bytes from row to row
//	R10 heads left   R11 heads left that share   R12 first row   R13 keys left

// NEXTHEAD moves R2 to the next head, unless the next one shares this one's rows.
#define NEXTHEAD(share) \
	Get R11; I64Const $-1; I64Add; Tee R11; I64Eqz; \
	If; \
		I64Load share; Set R11; \
		Get R2; Get R7; I64Add; Set R2; \
	End

// func scoreRows(p, q, k unsafe.Pointer, pstride, kstride uintptr, heads, share, d, keys int)
TEXT ·scoreRows(SB), NOSPLIT|NOFRAME, $0-72
	I64Load p+0(FP); Set R14
	I64Load k+16(FP); Set R12
	I64Load pstride+24(FP); Set R8
	I64Load kstride+32(FP); Set R9
	I64Load d+56(FP); Set R7
	I64Load keys+64(FP); Set R13
	SETUPDOTS
	Loop
		Get R14; Set R0
		I64Load q+8(FP); Set R1
		Get R12; Set R2
		I64Load heads+40(FP); Set R10
		I64Load share+48(FP); Set R11
		Loop
			FOURDOTS
			Get R0; I32WrapI64
			FOURSUMS
			V128Store $0
			Get R0; Get R8; I64Add; Set R0
			Get R1; Get R7; I64Add; Set R1
			NEXTHEAD(share+48(FP))
			Get R10; I64Const $-1; I64Add; Tee R10; I64Const $0; I64GtS; BrIf $0
		End
		// Four keys on, or as many as are left.
		Get R13; I64Const $4; I64Sub; Set R13
		I64Const $4; Get R13; Get R13; I64Const $4; I64GtS; Select; Set R6
		Get R14; Get R6; I64Const $2; I64Shl; I64Add; Set R14
		Get R12; Get R6; Get R9; I64Mul; I64Add; Set R12
		Get R13; I64Const $0; I64GtS; BrIf $0
	End
	RET

#define KEEP(at, v) Get R0; I32WrapI64; V128Load $at; Set v
// The assembler of Go 1.27 drops the offset of a store.
#define GIVE(at, v) Get R0; I64Const $at; I64Add; I32WrapI64; Get v; V128Store $0
#define PUT(at, v) Get R4; I32WrapI64; V128Load $at; Get V4; F32x4Mul; Get v; F32x4Add; Set v
#define ATONCE $16 // keys

// func weighRows(y, p, v unsafe.Pointer, pstride, vstride uintptr, heads, share, d, keys int)
TEXT ·weighRows(SB), NOSPLIT|NOFRAME, $0-72
	I64Load p+8(FP); Set R14
	I64Load v+16(FP); Set R12
	I64Load vstride+32(FP); Set R9
	I64Load d+56(FP); Set R7
	I64Load keys+64(FP); Set R13
	Loop
		I64Load y+0(FP); Set R0
		Get R14; Set R1
		Get R12; Set R2
		I64Load heads+40(FP); Set R10
		I64Load share+48(FP); Set R11
		Get R13; I64Const ATONCE; Get R13; I64Const ATONCE; I64LtS; Select; Set R15
		Loop
			I64Const $0; Set R6
			Loop
				KEEP(0, V0); KEEP(16, V1); KEEP(32, V2); KEEP(48, V3)
				Get R1; Set R3
				Get R2; Get R6; I64Add; Set R4
				Get R15; Set R5
				Loop
					Get R3; I32WrapI64; F32Load $0; F32x4Splat; Set V4
					PUT(0, V0); PUT(16, V1); PUT(32, V2); PUT(48, V3)
					Get R3; I64Const $4; I64Add; Set R3
					Get R4; Get R9; I64Add; Set R4
					Get R5; I64Const $-1; I64Add; Tee R5; I64Const $0; I64GtS; BrIf $0
				End
				GIVE(0, V0); GIVE(16, V1); GIVE(32, V2); GIVE(48, V3)
				Get R0; I64Const $64; I64Add; Set R0
				Get R6; I64Const $64; I64Add; Tee R6; Get R7; I64LtS; BrIf $0
			End
			I64Load pstride+24(FP); Get R1; I64Add; Set R1
			NEXTHEAD(share+48(FP))
			Get R10; I64Const $-1; I64Add; Tee R10; I64Const $0; I64GtS; BrIf $0
		End
		Get R14; Get R15; I64Const $2; I64Shl; I64Add; Set R14
		Get R12; Get R15; Get R9; I64Mul; I64Add; Set R12
		Get R13; Get R15; I64Sub; Tee R13; I64Const $0; I64GtS; BrIf $0
	End
	RET
