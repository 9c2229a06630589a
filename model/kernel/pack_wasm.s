//go:build goexperiment.simd && !purego

#include "textflag.h"

// A turn copies a row of two panels side by side, each as two vectors that may
// overlap. Both panels come from one or two cache lines, which are so read once.

#define COPY(to, from) Get to; I32WrapI64; Get from; I32WrapI64; V128Load $0; V128Store $0
#define NEXT(r, by) Get r; Get by; I64Add; Set r

// func copyPair(to, from unsafe.Pointer, by, panel, stride uintptr, k int)
TEXT ·copyPair(SB), NOSPLIT|NOFRAME, $0-48
	I64Load to+0(FP); Set R0
	I64Load from+8(FP); Set R4
	I64Load by+16(FP); Set R8
	I64Load stride+32(FP); Set R9
	I64Load k+40(FP); Set R10
	// R1 the second vector of the first panel, R2 and R3 those of the second
	Get R0; Get R8; I64Add; I64Const $-16; I64Add; Set R1
	Get R0; I64Load panel+24(FP); I64Add; Set R2
	Get R1; I64Load panel+24(FP); I64Add; Set R3
	Get R4; Get R8; I64Add; I64Const $-16; I64Add; Set R5
	Get R4; Get R8; I64Add; Set R6
	Get R5; Get R8; I64Add; Set R7
	Loop
		COPY(R0, R4)
		COPY(R1, R5)
		COPY(R2, R6)
		COPY(R3, R7)
		NEXT(R0, R8)
		NEXT(R1, R8)
		NEXT(R2, R8)
		NEXT(R3, R8)
		NEXT(R4, R9)
		NEXT(R5, R9)
		NEXT(R6, R9)
		NEXT(R7, R9)
		Get R10; I64Const $-1; I64Add; Tee R10; I64Const $0; I64GtS; BrIf $0
	End
	RET

#define MOVE(at, row, offset) Get R0; I32WrapI64; Get row; I32WrapI64; F32Load $offset; F32Store $at
#define COLUMN(offset) \
	MOVE(0, R1, offset); MOVE(4, R2, offset); MOVE(8, R3, offset); MOVE(12, R4, offset); \
	NEXT(R0, R5)
#define ADVANCE(r, by) Get r; I64Const $by; I64Add; Set r
#define ADVANCE4(by) ADVANCE(R1, by); ADVANCE(R2, by); ADVANCE(R3, by); ADVANCE(R4, by); ADVANCE(R6, -by)

// func transpose4(to, src unsafe.Pointer, by, from, k int)
TEXT ·transpose4(SB), NOSPLIT|NOFRAME, $0-40
	I64Load to+0(FP); Set R0
	I64Load src+8(FP); Set R1
	I64Load by+16(FP); Set R5
	I64Load from+24(FP); Set R7
	I64Load k+32(FP); I64Const $2; I64Shl; Set R6
	Get R1; Get R7; I64Add; Set R2
	Get R2; Get R7; I64Add; Set R3
	Get R3; Get R7; I64Add; Set R4
	Block
	Loop
		Get R6; I64Const $16; I64LtS; BrIf $1
		COLUMN(0)
		COLUMN(4)
		COLUMN(8)
		COLUMN(12)
		ADVANCE4(16)
		Br $0
	End
	End
	Block
	Loop
		Get R6; I64Eqz; BrIf $1
		COLUMN(0)
		ADVANCE4(4)
		Br $0
	End
	End
	RET
