//go:build goexperiment.simd && !purego

#include "textflag.h"

// Twelve sums that wait for nothing but themselves: s = s·V12 + V13. They begin
// apart, so that no compiler takes them for one.

#define TURN(v) Get v; Get V12; F32x4Mul; Get V13; F32x4Add; Set v
#define TWELVE \
	TURN(V0); TURN(V1); TURN(V2); TURN(V3); TURN(V4); TURN(V5); \
	TURN(V6); TURN(V7); TURN(V8); TURN(V9); TURN(V10); TURN(V11)
#define KEEP(v) Get V0; Get v; F32x4Add; Set V0
#define BEGIN(v, x) F32Const $x; F32x4Splat; Set v

// func multiplyAdds(turns int, keep unsafe.Pointer)
TEXT ·multiplyAdds(SB), NOSPLIT|NOFRAME, $0-16
	I64Load turns+0(FP); Set R0
	F32Const $(0.5); F32x4Splat; Set V12
	F32Const $(0.25); F32x4Splat; Set V13
	BEGIN(V0, (0.00))
	BEGIN(V1, (0.06))
	BEGIN(V2, (0.12))
	BEGIN(V3, (0.19))
	BEGIN(V4, (0.25))
	BEGIN(V5, (0.31))
	BEGIN(V6, (0.38))
	BEGIN(V7, (0.44))
	BEGIN(V8, (0.50))
	BEGIN(V9, (0.56))
	BEGIN(V10, (0.62))
	BEGIN(V11, (0.69))
	Loop
		TWELVE
		TWELVE
		TWELVE
		TWELVE
		Get R0; I64Const $-1; I64Add; Tee R0; I64Const $0; I64GtS; BrIf $0
	End
	KEEP(V1); KEEP(V2); KEEP(V3); KEEP(V4); KEEP(V5); KEEP(V6)
	KEEP(V7); KEEP(V8); KEEP(V9); KEEP(V10); KEEP(V11)
	I64Load keep+8(FP); I32WrapI64; Get V0; V128Store $0
	RET
