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
