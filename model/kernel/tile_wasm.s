//go:build goexperiment.simd && !purego

#include "textflag.h"

// Two tiles of C stand here. The one of 4 rows and 8 columns keeps its sums in
// V0–V7, the one of 6 rows in V0–V11: two vectors a row. VB0 and VB1 hold a row
// of B and VA an element of A in every lane. A product needs a register of its
// own unless it is fused with its sum (package wasm/fuse); then, and only then,
// the tile of 6 rows fits the 15 registers that there are, and is faster.
//
//	R0  C            R1  bytes between its rows
//	R2  A (R2–R5, R14, R15 its rows in the strips …Rows)
//	R6  B, walking   R7  bytes between its rows   R8  B, kept
//	R9  k left       R10 k
//	R11 tiles left   R12 A, kept   R13 bytes between A's rows (or k's)

#define VB0 V12
#define VB1 V13
#define VA V14

// SPLAT loads the float32 at 72 bytes and more behind ptr into every lane.
// The assembler of Go 1.27 forgets the memory argument of V128Load32Splat;
// the two one-byte instructions after it stand in for that: Nop encodes as
// the alignment 2^1 (a hint, smaller than natural is allowed), and the second
// one's opcode is the offset: I32LtS is 72, I32LeS 76, and so on. Neither is
// ever executed. F32Load then F32x4Splat would cost a shuffle, and that a
// fifth of the speed. If an assembler mends this, engines refuse the module
// and every test fails at once.
#define SPLAT(ptr, offset) Get ptr; I32WrapI64; V128Load32Splat; Nop; offset

#define AT72 I32LtS
#define AT76 I32LeS
#define AT80 I64Eqz
#define AT84 I64LtU
#define AT88 I64LeU
#define AT92 F32Ne
#define AT96 F32Ge
#define AT100 F64Gt

// a row of the tile += a·(VB0,VB1)
#define MADD(ptr, offset, lo, hi) \
	SPLAT(ptr, offset); Set VA; \
	Get VA; Get VB0; F32x4Mul; Get lo; F32x4Add; Set lo; \
	Get VA; Get VB1; F32x4Mul; Get hi; F32x4Add; Set hi

#define LOADB \
	Get R6; I32WrapI64; V128Load $0; Set VB0; \
	Get R6; I32WrapI64; V128Load $16; Set VB1; \
	Get R6; Get R7; I64Add; Set R6

// one k, the elements of A at one offset in the rows of a tile
#define ROWS4(offset) \
	LOADB; \
	MADD(R2, offset, V0, V1); MADD(R3, offset, V2, V3); \
	MADD(R4, offset, V4, V5); MADD(R5, offset, V6, V7)

#define ROWS6(offset) \
	ROWS4(offset); \
	MADD(R14, offset, V8, V9); MADD(R15, offset, V10, V11)

// one k, the elements of A side by side
#define COLS4 \
	LOADB; \
	MADD(R2, AT72, V0, V1); MADD(R2, AT76, V2, V3); \
	MADD(R2, AT80, V4, V5); MADD(R2, AT84, V6, V7); \
	SUM(R2, R2, R13)

#define COLS6 \
	LOADB; \
	MADD(R2, AT72, V0, V1); MADD(R2, AT76, V2, V3); \
	MADD(R2, AT80, V4, V5); MADD(R2, AT84, V6, V7); \
	MADD(R2, AT88, V8, V9); MADD(R2, AT92, V10, V11); \
	SUM(R2, R2, R13)

#define SUM(to, x, y) Get x; Get y; I64Add; Set to
#define ADVANCE(r, by) Get r; I64Const $by; I64Add; Set r
#define ADVANCE4(by) ADVANCE(R2, by); ADVANCE(R3, by); ADVANCE(R4, by); ADVANCE(R5, by)
#define ADVANCE6(by) ADVANCE4(by); ADVANCE(R14, by); ADVANCE(R15, by)

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

#define ADDING I64Load8U accumulate+88(FP); I64Eqz; I32Eqz

#define STORE4 STORE(V0, V1); STORE(V2, V3); STORE(V4, V5); STORE(V6, V7)
#define STORE6 STORE4; STORE(V8, V9); STORE(V10, V11)
#define STOREADD4 STOREADD(V0, V1); STOREADD(V2, V3); STOREADD(V4, V5); STOREADD(V6, V7)
#define STOREADD6 STOREADD4; STOREADD(V8, V9); STOREADD(V10, V11)

#define ZERO(v) V128Const $0, $0; Set v
#define ZERO4 ZERO(V0); ZERO(V1); ZERO(V2); ZERO(V3); ZERO(V4); ZERO(V5); ZERO(V6); ZERO(V7)
#define ZERO6 ZERO4; ZERO(V8); ZERO(V9); ZERO(V10); ZERO(V11)

#define BEGINTILE \
	Get R8; Set R6; \
	Get R10; Set R9; \
	Get R12; Set R2

#define ROWPOINTERS4 SUM(R3, R2, R13); SUM(R4, R3, R13); SUM(R5, R4, R13)
#define ROWPOINTERS6 ROWPOINTERS4; SUM(R14, R5, R13); SUM(R15, R14, R13)

// c, ldc, a, lda, astep, b, ldb, bstep, k, tiles, panels, accumulate
#define ARGUMENTS \
	I64Load c+0(FP); Set R0; \
	I64Load ldc+8(FP); Set R1; \
	I64Load a+16(FP); I64Const $-72; I64Add; Set R12; \
	I64Load lda+24(FP); Set R13; \
	I64Load b+40(FP); Set R8; \
	I64Load ldb+48(FP); Set R7; \
	I64Load k+64(FP); Set R10; \
	I64Load tiles+72(FP); Set R11

// ENOUGH leaves the loop over k where fewer than n are left.
#define ENOUGH(n) Get R9; I64Const $n; I64LtU; BrIf $1

// go on to the next tile, or fall out of the loop
#define NEXTTILE \
	Get R12; I64Load astep+32(FP); I64Add; Set R12; \
	Get R11; I64Const $-1; I64Add; Tee R11; \
	I64Const $0; I64GtS; BrIf $0

// go on to the next panel of B and the next columns of C, or fall out of the
// loop
#define NEXTPANEL \
	Get SP; I64Load c+0(FP); I64Const $32; I64Add; I64Store c+0(FP); \
	Get SP; I64Load b+40(FP); I64Load bstep+56(FP); I64Add; I64Store b+40(FP); \
	Get SP; I64Load panels+80(FP); I64Const $-1; I64Add; I64Store panels+80(FP); \
	I64Load panels+80(FP); I64Const $0; I64GtS; BrIf $0

// func stripRows4(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)
TEXT ·stripRows4(SB), NOSPLIT|NOFRAME, $0-89
	Loop
		ARGUMENTS
		Loop
			ZERO4
			BEGINTILE
			ROWPOINTERS4
			Block
			Loop
				ENOUGH(4)
				ROWS4(AT72)
				ROWS4(AT76)
				ROWS4(AT80)
				ROWS4(AT84)
				ADVANCE4(16)
				ADVANCE(R9, -4)
				Br $0
			End
			End
			Block
			Loop
				ENOUGH(1)
				ROWS4(AT72)
				ADVANCE4(4)
				ADVANCE(R9, -1)
				Br $0
			End
			End
			ADDING
			If
				STOREADD4
			Else
				STORE4
			End
			NEXTTILE
		End
		NEXTPANEL
	End
	RET

// func stripCols4(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)
TEXT ·stripCols4(SB), NOSPLIT|NOFRAME, $0-89
	Loop
		ARGUMENTS
		Loop
			ZERO4
			BEGINTILE
			Block
			Loop
				ENOUGH(4)
				COLS4
				COLS4
				COLS4
				COLS4
				ADVANCE(R9, -4)
				Br $0
			End
			End
			Block
			Loop
				ENOUGH(1)
				COLS4
				ADVANCE(R9, -1)
				Br $0
			End
			End
			ADDING
			If
				STOREADD4
			Else
				STORE4
			End
			NEXTTILE
		End
		NEXTPANEL
	End
	RET

// func stripRows6(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)
TEXT ·stripRows6(SB), NOSPLIT|NOFRAME, $0-89
	Loop
		ARGUMENTS
		Loop
			ZERO6
			BEGINTILE
			ROWPOINTERS6
			Block
			Loop
				ENOUGH(8)
				ROWS6(AT72)
				ROWS6(AT76)
				ROWS6(AT80)
				ROWS6(AT84)
				ROWS6(AT88)
				ROWS6(AT92)
				ROWS6(AT96)
				ROWS6(AT100)
				ADVANCE6(32)
				ADVANCE(R9, -8)
				Br $0
			End
			End
			Block
			Loop
				ENOUGH(1)
				ROWS6(AT72)
				ADVANCE6(4)
				ADVANCE(R9, -1)
				Br $0
			End
			End
			ADDING
			If
				STOREADD6
			Else
				STORE6
			End
			NEXTTILE
		End
		NEXTPANEL
	End
	RET

// func stripCols6(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)
TEXT ·stripCols6(SB), NOSPLIT|NOFRAME, $0-89
	Loop
		ARGUMENTS
		Loop
			ZERO6
			BEGINTILE
			Block
			Loop
				ENOUGH(4)
				COLS6
				COLS6
				COLS6
				COLS6
				ADVANCE(R9, -4)
				Br $0
			End
			End
			Block
			Loop
				ENOUGH(1)
				COLS6
				ADVANCE(R9, -1)
				Br $0
			End
			End
			ADDING
			If
				STOREADD6
			Else
				STORE6
			End
			NEXTTILE
		End
		NEXTPANEL
	End
	RET

// func fused() bool
//
// With x = 1 + 2^-12, x·x - (1 + 2^-11) is 2^-24 if only the sum is rounded,
// and 0 if the product is rounded first.
TEXT ·fused(SB), NOSPLIT|NOFRAME, $0-1
	F32Const $(1.000244140625); F32x4Splat; Set V0
	F32Const $(-1.00048828125); F32x4Splat; Set V1
	Get SP
	Get V0; Get V0; F32x4Mul; Get V1; F32x4Add
	F32x4ExtractLane $0; F32Const $(0.0); F32Ne; I64ExtendI32U
	I64Store8 ret+0(FP)
	RET
