// Macros for loops with exponentials. Where a product is the first operand of a
// sum, package wasm/fuse makes one operation of both.

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
#define SCRATCH 352

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
	Get V2; Get V12; F32x4Mul; Get V2; Get V11; F32x4Mul; Get V0; F32x4Add; F32x4Add; Set V0; \
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
