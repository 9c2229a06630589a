//go:build goexperiment.simd && !purego

#include "textflag.h"

// Both strips keep a tile of C, 4 rows of 8 columns, in V0–V7: two vectors a
// row. V12 and V13 hold a row of B and V14 an element of A in every lane.
//
//	R0  C            R1  bytes between its rows
//	R2  A (R2–R5 its four rows in stripRows)
//	R6  B, walking   R7  bytes between its rows   R8  B, kept
//	R9  k left       R10 k
//	R11 tiles left   R12 A, kept   R13 bytes between A's rows (or k's)

// SPLAT loads the float32 at 72 bytes and more behind ptr into every lane.
// The assembler of Go 1.27 forgets the memory argument of V128Load32Splat;
// the two one-byte instructions after it stand in for that: Nop encodes as
// the alignment 2^1 (a hint, smaller than natural is allowed), and the second
// one's opcode is the offset: I32LtS is 72, I32LeS 76, I64Eqz 80, I64LtU 84.
// Neither is ever executed. F32Load then F32x4Splat would cost a shuffle, and
// that a fifth of the speed. If an assembler mends this, engines refuse the
// module and every test fails at once.
#define SPLAT(ptr, offset) Get ptr; I32WrapI64; V128Load32Splat; Nop; offset

#define AT72 I32LtS
#define AT76 I32LeS
#define AT80 I64Eqz
#define AT84 I64LtU

// a row of the tile += a·(V12,V13)
#define MADD(ptr, offset, lo, hi) \
	SPLAT(ptr, offset); Set V14; \
	Get V14; Get V12; F32x4Mul; Get lo; F32x4Add; Set lo; \
	Get V14; Get V13; F32x4Mul; Get hi; F32x4Add; Set hi

#define LOADB \
	Get R6; I32WrapI64; V128Load $0; Set V12; \
	Get R6; I32WrapI64; V128Load $16; Set V13; \
	Get R6; Get R7; I64Add; Set R6

// one k, the elements of A at one offset in four rows
#define STEPROWS(offset) \
	LOADB; \
	MADD(R2, offset, V0, V1); MADD(R3, offset, V2, V3); \
	MADD(R4, offset, V4, V5); MADD(R5, offset, V6, V7)

// one k, the elements of A side by side
#define STEPCOLS \
	LOADB; \
	MADD(R2, AT72, V0, V1); MADD(R2, AT76, V2, V3); \
	MADD(R2, AT80, V4, V5); MADD(R2, AT84, V6, V7); \
	SUM(R2, R2, R13)

#define SUM(to, x, y) Get x; Get y; I64Add; Set to
#define ADVANCE(r, by) Get r; I64Const $by; I64Add; Set r
#define ADVANCEROWS(by) ADVANCE(R2, by); ADVANCE(R3, by); ADVANCE(R4, by); ADVANCE(R5, by)

// The same assembler drops the offset of V128Store, so hi gets its address by
// an addition.
#define STORE(lo, hi) \
	Get R0; I32WrapI64; Get lo; V128Store $0; \
	Get R0; I32WrapI64; I32Const $16; I32Add; Get hi; V128Store $0; \
	SUM(R0, R0, R1)

#define STOREADD(lo, hi) \
	Get R0; I32WrapI64; V128Load $0; Get lo; F32x4Add; Set lo; \
	Get R0; I32WrapI64; V128Load $16; Get hi; F32x4Add; Set hi; \
	STORE(lo, hi)

#define STORETILE \
	I64Load8U accumulate+72(FP); I64Eqz; \
	If; \
	STORE(V0, V1); STORE(V2, V3); STORE(V4, V5); STORE(V6, V7); \
	Else; \
	STOREADD(V0, V1); STOREADD(V2, V3); STOREADD(V4, V5); STOREADD(V6, V7); \
	End

#define ZERO(v) V128Const $0, $0; Set v

#define BEGINTILE \
	ZERO(V0); ZERO(V1); ZERO(V2); ZERO(V3); \
	ZERO(V4); ZERO(V5); ZERO(V6); ZERO(V7); \
	Get R8; Set R6; \
	Get R10; Set R9; \
	Get R12; Set R2

// c, ldc, a, lda, astep, b, ldb, k, tiles, accumulate
#define ARGUMENTS \
	I64Load c+0(FP); Set R0; \
	I64Load ldc+8(FP); Set R1; \
	I64Load a+16(FP); I64Const $-72; I64Add; Set R12; \
	I64Load lda+24(FP); Set R13; \
	I64Load b+40(FP); Set R8; \
	I64Load ldb+48(FP); Set R7; \
	I64Load k+56(FP); Set R10; \
	I64Load tiles+64(FP); Set R11

// go on to the next tile, or fall out of the loop
#define NEXTTILE \
	Get R12; I64Load astep+32(FP); I64Add; Set R12; \
	Get R11; I64Const $-1; I64Add; Tee R11; \
	I64Const $0; I64GtS; BrIf $0

// func stripRows(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool)
TEXT ·stripRows(SB), NOSPLIT|NOFRAME, $0-73
	ARGUMENTS
	Loop
		BEGINTILE
		SUM(R3, R2, R13)
		SUM(R4, R3, R13)
		SUM(R5, R4, R13)
		Block
		Loop
			Get R9; I64Const $4; I64LtU; BrIf $1
			STEPROWS(AT72)
			STEPROWS(AT76)
			STEPROWS(AT80)
			STEPROWS(AT84)
			ADVANCEROWS(16)
			ADVANCE(R9, -4)
			Br $0
		End
		End
		Block
		Loop
			Get R9; I64Eqz; BrIf $1
			STEPROWS(AT72)
			ADVANCEROWS(4)
			ADVANCE(R9, -1)
			Br $0
		End
		End
		STORETILE
		NEXTTILE
	End
	RET

// func stripCols(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool)
TEXT ·stripCols(SB), NOSPLIT|NOFRAME, $0-73
	ARGUMENTS
	Loop
		BEGINTILE
		Block
		Loop
			Get R9; I64Const $4; I64LtU; BrIf $1
			STEPCOLS
			STEPCOLS
			STEPCOLS
			STEPCOLS
			ADVANCE(R9, -4)
			Br $0
		End
		End
		Block
		Loop
			Get R9; I64Eqz; BrIf $1
			STEPCOLS
			ADVANCE(R9, -1)
			Br $0
		End
		End
		STORETILE
		NEXTTILE
	End
	RET
