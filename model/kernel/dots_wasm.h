// What dots_wasm.s and attend_wasm.s share: four dot products at once, of a
// vector and four rows, each in two sums, eight numbers a turn.
//
//	R1 the vector   R2 the first row   R3–R5 the others   R6 walking
//	R7 bytes of a row used   R9 bytes from row to row   V10–V14 constants

#define SETUPDOTS \
	V128Const $0x0f0e0d0c0b0a0908, $0x0706050403020100; Set V10; \
	V128Const $0xffffffffffffffff, $0; Set V11; \
	V128Const $0x0302010007060504, $0x0b0a09080f0e0d0c; Set V12; \
	V128Const $0x0b0a090803020100, $0x8080808080808080; Set V13; \
	V128Const $0x8080808080808080, $0x0b0a090803020100; Set V14

#define AT(r) Get r; Get R6; I64Add; I32WrapI64
#define ZERO(v) V128Const $0, $0; Set v
#define ROW(r, lo, hi) \
	AT(r); V128Load $0; Get V8; F32x4Mul; Get lo; F32x4Add; Set lo; \
	AT(r); V128Load $16; Get V9; F32x4Mul; Get hi; F32x4Add; Set hi

#define FOURDOTS \
	Get R2; Get R9; I64Add; Set R3; \
	Get R3; Get R9; I64Add; Set R4; \
	Get R4; Get R9; I64Add; Set R5; \
	ZERO(V0); ZERO(V1); ZERO(V2); ZERO(V3); \
	ZERO(V4); ZERO(V5); ZERO(V6); ZERO(V7); \
	I64Const $0; Set R6; \
	Loop; \
		AT(R1); V128Load $0; Set V8; \
		AT(R1); V128Load $16; Set V9; \
		ROW(R2, V0, V1); \
		ROW(R3, V2, V3); \
		ROW(R4, V4, V5); \
		ROW(R5, V6, V7); \
		Get R6; I64Const $32; I64Add; Tee R6; Get R7; I64LtS; BrIf $0; \
	End

// HALVES adds the halves of a vector (V10: they change places), once in each half
// of it. PAIR is what it made of two vectors, half of each (V11: the first half),
// with neighbours added (V12: they change places).
#define HALVES(lo, hi) \
	Get lo; Get hi; F32x4Add; Tee lo; \
	Get lo; Get V10; I8x16Swizzle; F32x4Add
#define PAIR(to) \
	Get V11; V128Bitselect; Tee to; \
	Get to; Get V12; I8x16Swizzle; F32x4Add; Set to

// FOURSUMS leaves the four dot products as a vector on the stack: every second
// number of one pair (V13: in the first half), and of the other (V14: in the second).
#define FOURSUMS \
	HALVES(V0, V1); HALVES(V2, V3); PAIR(V0); \
	HALVES(V4, V5); HALVES(V6, V7); PAIR(V4); \
	Get V0; Get V13; I8x16Swizzle; \
	Get V4; Get V14; I8x16Swizzle; \
	V128Or
