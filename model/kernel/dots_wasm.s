//go:build goexperiment.simd && !purego

#include "textflag.h"

// Four dot products at once, each in two sums, eight numbers a turn.
//
//	R0 y   R1 x   R2–R5 rows of B   R6 walking   R7 bytes of a row used
//	R8 groups left   R9 bytes from row to row   R10 room for a vector

#define AT(r) Get r; Get R6; I64Add; I32WrapI64
#define ZERO(v) V128Const $0, $0; Set v
#define ROW(r, lo, hi) \
	AT(r); V128Load $0; Get V8; F32x4Mul; Get lo; F32x4Add; Set lo; \
	AT(r); V128Load $16; Get V9; F32x4Mul; Get hi; F32x4Add; Set hi

// The assembler of Go 1.27 takes lane 0 whatever lane it is asked for, so the
// four numbers of a sum go through memory.
#define ADDTO(at, lo, hi) \
	Get R10; I32WrapI64; Get lo; Get hi; F32x4Add; V128Store $0; \
	Get R0; I32WrapI64; \
	Get R10; I32WrapI64; F32Load $0; Get R10; I32WrapI64; F32Load $4; F32Add; \
	Get R10; I32WrapI64; F32Load $8; Get R10; I32WrapI64; F32Load $12; F32Add; F32Add; \
	Get R0; I32WrapI64; F32Load $at; F32Add; \
	F32Store $at

// func dotRows(y, x, b unsafe.Pointer, stride uintptr, groups, k int, room unsafe.Pointer)
TEXT ·dotRows(SB), NOSPLIT|NOFRAME, $0-56
	I64Load y+0(FP); Set R0
	I64Load x+8(FP); Set R1
	I64Load b+16(FP); Set R2
	I64Load stride+24(FP); Set R9
	I64Load groups+32(FP); Set R8
	I64Load k+40(FP); I64Const $2; I64Shl; Set R7
	I64Load room+48(FP); Set R10
	Loop
		Get R2; Get R9; I64Add; Set R3
		Get R3; Get R9; I64Add; Set R4
		Get R4; Get R9; I64Add; Set R5
		ZERO(V0); ZERO(V1); ZERO(V2); ZERO(V3)
		ZERO(V4); ZERO(V5); ZERO(V6); ZERO(V7)
		I64Const $0; Set R6
		Loop
			AT(R1); V128Load $0; Set V8
			AT(R1); V128Load $16; Set V9
			ROW(R2, V0, V1)
			ROW(R3, V2, V3)
			ROW(R4, V4, V5)
			ROW(R5, V6, V7)
			Get R6; I64Const $32; I64Add; Tee R6; Get R7; I64LtS; BrIf $0
		End
		ADDTO(0, V0, V1)
		ADDTO(4, V2, V3)
		ADDTO(8, V4, V5)
		ADDTO(12, V6, V7)
		Get R0; I64Const $16; I64Add; Set R0
		Get R5; Get R9; I64Add; Set R2
		Get R8; I64Const $-1; I64Add; Tee R8; I64Const $0; I64GtS; BrIf $0
	End
	RET
