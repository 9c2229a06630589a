//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// The pointers here end up past the memory that they walk over, and are then
// dead; -race would object to that (nocheckptr).

// A panel holds width numbers of each k, side by side: panel[k*width+j]. It is
// what a strip reads of B, and of A where that lies badly.

type four = [4]float32

// packPanel fills a panel from a source whose rows are k: src[k*stride+j].
// Columns from have on become 0. width is at least 4; where it is no multiple of
// 4 the last four columns overlap those before.
//
//go:nocheckptr
func packPanel(panel []float32, src unsafe.Pointer, stride, have, width, k int) {
	if have < width {
		packEdge(panel, src, stride, 1, have, width, k)
		return
	}
	to := unsafe.Pointer(unsafe.SliceData(panel[:width*k]))
	for j := 0; j < width; j += 4 {
		at := min(j, width-4)
		copy4(unsafe.Add(to, 4*at), unsafe.Add(src, 4*at), 4*width, 4*stride, k)
	}
}

// copy4 copies k rows of four numbers, from bytes apart, to by bytes apart.
// Eight at a time: in WebAssembly a turn of a Go loop is dear.
//
//go:nocheckptr
func copy4(to, src unsafe.Pointer, by, from, k int) {
	for ; k >= 8; k -= 8 {
		move4(to, src)
		move4(unsafe.Add(to, by), unsafe.Add(src, from))
		move4(unsafe.Add(to, 2*by), unsafe.Add(src, 2*from))
		move4(unsafe.Add(to, 3*by), unsafe.Add(src, 3*from))
		to, src = unsafe.Add(to, 4*by), unsafe.Add(src, 4*from)
		move4(to, src)
		move4(unsafe.Add(to, by), unsafe.Add(src, from))
		move4(unsafe.Add(to, 2*by), unsafe.Add(src, 2*from))
		move4(unsafe.Add(to, 3*by), unsafe.Add(src, 3*from))
		to, src = unsafe.Add(to, 4*by), unsafe.Add(src, 4*from)
	}
	for ; k > 0; k-- {
		move4(to, src)
		to, src = unsafe.Add(to, by), unsafe.Add(src, from)
	}
}

// packPanelT fills a panel from a source whose rows are columns of the panel:
// src[j*stride+k].
//
//go:nocheckptr
func packPanelT(panel []float32, src unsafe.Pointer, stride, have, width, k int) {
	if have < width {
		packEdge(panel, src, 1, stride, have, width, k)
		return
	}
	to := unsafe.Pointer(unsafe.SliceData(panel[:width*k]))
	for j := 0; j < width; j += 4 {
		at := min(j, width-4)
		transpose4(unsafe.Add(to, 4*at), unsafe.Add(src, 4*at*stride), 4*width, 4*stride, k)
	}
}

// transpose4 turns four rows of k numbers, from bytes apart, into k rows of
// four numbers, by bytes apart.
//
//go:nocheckptr
func transpose4(to, src unsafe.Pointer, by, from, k int) {
	s0, s1 := src, unsafe.Add(src, from)
	s2, s3 := unsafe.Add(s1, from), unsafe.Add(s1, 2*from)
	for ; k >= 4; k -= 4 {
		r0, r1, r2, r3 := (*four)(s0), (*four)(s1), (*four)(s2), (*four)(s3)
		t0 := (*four)(to)
		t0[0], t0[1], t0[2], t0[3] = r0[0], r1[0], r2[0], r3[0]
		t1 := (*four)(unsafe.Add(to, by))
		t1[0], t1[1], t1[2], t1[3] = r0[1], r1[1], r2[1], r3[1]
		t2 := (*four)(unsafe.Add(to, 2*by))
		t2[0], t2[1], t2[2], t2[3] = r0[2], r1[2], r2[2], r3[2]
		t3 := (*four)(unsafe.Add(to, 3*by))
		t3[0], t3[1], t3[2], t3[3] = r0[3], r1[3], r2[3], r3[3]
		s0, s1, s2, s3 = unsafe.Add(s0, 16), unsafe.Add(s1, 16), unsafe.Add(s2, 16), unsafe.Add(s3, 16)
		to = unsafe.Add(to, 4*by)
	}
	for ; k > 0; k-- {
		t := (*four)(to)
		t[0], t[1], t[2], t[3] = *(*float32)(s0), *(*float32)(s1), *(*float32)(s2), *(*float32)(s3)
		s0, s1, s2, s3 = unsafe.Add(s0, 4), unsafe.Add(s1, 4), unsafe.Add(s2, 4), unsafe.Add(s3, 4)
		to = unsafe.Add(to, by)
	}
}

// packEdge fills a panel that the source has too few columns for: element
// (k,j) of the source is src[k*kstep+j*jstep].
//
//go:nocheckptr
func packEdge(panel []float32, src unsafe.Pointer, kstep, jstep, have, width, k int) {
	clear(panel[:width*k])
	for j := range have {
		from := unsafe.Add(src, 4*j*jstep)
		for at := j; at < width*k; at += width {
			panel[at] = *(*float32)(from)
			from = unsafe.Add(from, 4*kstep)
		}
	}
}
