//go:build goexperiment.simd && !purego

#include "textflag.h"

// R5 holds the table of constants (exp_wasm.go), R3 counts the numbers left.
#define C(at) Get R5; I32WrapI64; V128Load $at

#define HI 0
#define LO 16
#define SHIFT 32
#define LOG2E 48
#define LN2A 64
#define LN2B 80
#define P4 96
#define P3 112
#define P2 128
#define P1 144
#define P0 160
#define ONE 176
#define TWO 192
#define HALF 208
#define Q6 224
#define Q5 240
#define Q4 256
#define Q3 272
#define Q2 288
#define Q1 304
#define Q0 320
#define QUARTER 336

#define LOADAT(ptr) Get ptr; I32WrapI64; V128Load $0
#define ADVANCE(ptr) Get ptr; I64Const $16; I64Add; Set ptr
#define NEXT Get R3; I64Const $-4; I64Add; Tee R3; I64Const $0; I64GtS; BrIf $0

// LINEAR is c1·x + c0. Polynomials are taken two terms at a time (Estrin), so
// that fewer operations wait for each other.
#define LINEAR(x, c1, c0) C(c1); Get x; F32x4Mul; C(c0); F32x4Add

// Pmin and Pmax, which keep a NaN that is their first operand, are one
// instruction where Min and Max are six.

#define SETUP C(HI); Set V7; C(LO); Set V8; C(SHIFT); Set V9; C(LOG2E); Set V10; C(LN2A); Set V11; C(LN2B); Set V12; C(ONE); Set V13; C(TWO); Set V14; C(HALF); Set V15

// V0 = e^V0; V1 and V2 are overwritten. exp_simd.go explains the steps.
#define EXP \
	Get V0; Get V7; F32x4Pmin; Get V8; F32x4Pmax; Tee V0; \
	Get V10; F32x4Mul; Get V9; F32x4Add; Tee V1; \
	Get V9; F32x4Sub; Set V2; \
	Get V2; Get V11; F32x4Mul; Get V0; F32x4Add; \
	Get V2; Get V12; F32x4Mul; F32x4Add; Set V0; \
	Get V0; Get V0; F32x4Mul; Set V2; \
	C(P4); Get V2; F32x4Mul; LINEAR(V0, P3, P2); F32x4Add; \
	Get V2; F32x4Mul; LINEAR(V0, P1, P0); F32x4Add; \
	Get V2; F32x4Mul; Get V0; F32x4Add; Get V13; F32x4Add; \
	Get V1; I32Const $23; I32x4Shl; Get V15; I32x4Add; F32x4Mul; \
	Get V14; F32x4Mul; Set V0

// V1 = Φ(V3) and V0 = e^(-V3²/2); V2 is overwritten.
#define NORMAL \
	Get V3; Get V3; F32x4Mul; Get V15; F32x4Neg; F32x4Mul; Set V0; \
	EXP; \
	Get V13; Get V3; F32x4Abs; C(QUARTER); F32x4Mul; Get V13; F32x4Add; F32x4Div; Set V1; \
	Get V1; Get V1; F32x4Mul; Set V2; \
	C(Q6); Get V2; F32x4Mul; LINEAR(V1, Q5, Q4); F32x4Add; \
	Get V2; F32x4Mul; LINEAR(V1, Q3, Q2); F32x4Add; \
	Get V2; F32x4Mul; LINEAR(V1, Q1, Q0); F32x4Add; \
	Get V1; Get V0; F32x4Mul; F32x4Mul; Tee V2; \
	Get V13; Get V2; F32x4Sub; \
	Get V3; V128Const $0, $0; F32x4Lt; \
	V128Bitselect; Set V1

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

// func geluLoop(y, x unsafe.Pointer, n int, table unsafe.Pointer)
TEXT ·geluLoop(SB), NOSPLIT|NOFRAME, $0-32
	I64Load y+0(FP); Set R0
	I64Load x+8(FP); Set R1
	I64Load n+16(FP); Set R3
	I64Load table+24(FP); Set R5
	SETUP
	Loop
		LOADAT(R1); Set V3
		NORMAL
		Get R0; I32WrapI64; Get V3; Get V1; F32x4Mul; V128Store $0
		ADVANCE(R0)
		ADVANCE(R1)
		NEXT
	End
	RET

// func geluGradLoop(dx, dy, x unsafe.Pointer, n int, table unsafe.Pointer)
TEXT ·geluGradLoop(SB), NOSPLIT|NOFRAME, $0-40
	I64Load dx+0(FP); Set R0
	I64Load dy+8(FP); Set R1
	I64Load x+16(FP); Set R2
	I64Load n+24(FP); Set R3
	I64Load table+32(FP); Set R5
	F32Const $(0.3989422804); F32x4Splat; Set V4
	SETUP
	Loop
		LOADAT(R2); Set V3
		NORMAL
		Get R0; I32WrapI64
		Get V3; Get V4; F32x4Mul; Get V0; F32x4Mul; Get V1; F32x4Add
		LOADAT(R1); F32x4Mul; LOADAT(R0); F32x4Add
		V128Store $0
		ADVANCE(R0)
		ADVANCE(R1)
		ADVANCE(R2)
		NEXT
	End
	RET
