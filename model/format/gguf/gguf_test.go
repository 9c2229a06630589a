package gguf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func open(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

// join puts a file together by hand: strings as they are, numbers in their
// width, little endian.
func join(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		if s, is := p.(string); is {
			b = append(b, s...)
			continue
		}
		b, _ = binary.Append(b, binary.LittleEndian, p)
	}
	return b
}

// text is a string as the format has it.
func text(s string) string { return string(join(uint64(len(s)), s)) }

// head is the beginning of a file of some tensors and keys.
func head(tensors, keys uint64) string { return string(join("GGUF", uint32(3), tensors, keys)) }

// lazy is a tensor of values.
func lazy(name string, t Type, values []float32, shape ...int) Lazy {
	return Lazy{name, shape, t, func() []float32 { return values }}
}

func TestBytesAreAsTheFormatSays(t *testing.T) {
	var out bytes.Buffer
	err := Write(&out, []Pair{{"a", uint32(7)}, {"b", []string{"x", "yz"}}},
		[]Lazy{lazy("m", F32, []float32{1, -2}, 2, 1), lazy("v", F16, []float32{0.5}, 1)})
	if err != nil {
		t.Fatal(err)
	}
	want := join(head(2, 2), text("a"), uint32(4), uint32(7), text("b"), uint32(9), uint32(8), uint64(2), text("x"), text("yz"),
		text("m"), uint32(2), uint64(1), uint64(2), uint32(0), uint64(0),
		text("v"), uint32(1), uint64(1), uint32(1), uint64(32))
	want = append(want, make([]byte, padding(int64(len(want)), 32))...)
	want = append(append(want, join(float32(1), float32(-2))...), make([]byte, 24)...)
	want = append(append(want, 0x00, 0x38), make([]byte, 30)...)
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("wrote\n%q, want\n%q", out.Bytes(), want)
	}
}

func TestRoundTrip(t *testing.T) {
	pairs := []Pair{
		{"u8", uint8(1)}, {"i8", int8(-1)}, {"u16", uint16(2)}, {"i16", int16(-2)}, {"u32", uint32(3)}, {"i32", int32(-3)},
		{"f32", float32(0.5)}, {"yes", true}, {"no", false}, {"text", "é\n"}, {"u64", uint64(4)}, {"i64", int64(-4)}, {"f64", 0.25},
		{"u8s", []uint8{1, 2}}, {"i32s", []int32{-1, 1}}, {"f32s", []float32{1, 2}}, {"bools", []bool{true, false}},
		{"texts", []string{"", "a"}}, {"f64s", []float64{3}}, {"nothing", []string{}},
	}
	ramp := make([]float32, 64)
	for i := range ramp {
		ramp[i] = float32(i) - 20.5
	}
	var out bytes.Buffer
	if err := Write(&out, pairs, []Lazy{lazy("a", F32, ramp, 4, 16), lazy("b", F16, ramp, 64), lazy("q", Q8_0, ramp, 2, 32)}); err != nil {
		t.Fatal(err)
	}
	f, err := open(out.Bytes())
	if err != nil || !reflect.DeepEqual(f.Pairs, pairs) {
		t.Fatalf("read %v (%v), want %v", f, err, pairs)
	}
	for i, c := range []struct {
		shape     []int
		tolerance float64 // of the largest number
	}{{[]int{4, 16}, 0}, {[]int{64}, 0}, {[]int{2, 32}, 0.5/127 + 1.0/2048}} {
		got := make([]float32, 64)
		if err := f.Read(f.Tensors[i], got); err != nil || !reflect.DeepEqual(f.Tensors[i].Shape, c.shape) {
			t.Fatalf("tensor %d: %v, shape %v", i, err, f.Tensors[i].Shape)
		}
		for j := range got {
			if math.Abs(float64(got[j]-ramp[j])) > c.tolerance*43.5 {
				t.Errorf("tensor %d at %d: %v, want %v", i, j, got[j], ramp[j])
			}
		}
	}
}

// Q8_0 of numbers that it has exactly, with a block of zeros; the scale 2 and
// the bytes are written by hand.
func TestQ8(t *testing.T) {
	values := make([]float32, 64)
	values[0], values[1], values[31] = 254, -2, 4
	var out bytes.Buffer
	if err := Write(&out, nil, []Lazy{lazy("q", Q8_0, values, 64)}); err != nil {
		t.Fatal(err)
	}
	got := out.Bytes()[out.Len()-96:][:68]
	want := make([]byte, 68)
	want[0], want[1], want[2], want[3], want[33] = 0x00, 0x40, 127, 0xFF, 2
	if !bytes.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
	bf := join(head(1, 0), text("b"), uint32(1), uint64(1), uint32(30), uint64(0))
	bf = append(append(bf, make([]byte, padding(int64(len(bf)), 32))...), 0x40, 0x40)
	f, err := open(bf)
	if err != nil {
		t.Fatal(err)
	}
	three := make([]float32, 1)
	if err := f.Read(f.Tensors[0], three); err != nil || three[0] != 3 {
		t.Errorf("BF16 0x4040 is %v (%v), want 3", three[0], err)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	inf := float32(math.Inf(1))
	for name, c := range map[string]struct {
		pairs   []Pair
		tensors []Lazy
	}{
		"a map":           {pairs: []Pair{{"a", map[string]int{}}}},
		"nothing":         {pairs: []Pair{{"a", nil}}},
		"arrays":          {pairs: []Pair{{"a", [][]int32{{1}}}}},
		"an alignment":    {pairs: []Pair{{alignmentKey, uint32(64)}}},
		"a short row":     {tensors: []Lazy{lazy("a", Q8_0, make([]float32, 62), 2, 31)}},
		"too few numbers": {tensors: []Lazy{lazy("a", F32, make([]float32, 3), 4)}},
		"BF16":            {tensors: []Lazy{lazy("a", BF16, make([]float32, 4), 4)}},
		"no shape":        {tensors: []Lazy{lazy("a", F32, make([]float32, 1))}},
		"large for F16":   {tensors: []Lazy{lazy("a", F16, []float32{1e6}, 1)}},
		"large for Q8_0":  {tensors: []Lazy{lazy("a", Q8_0, append(make([]float32, 31), inf), 32)}},
	} {
		if err := Write(&bytes.Buffer{}, c.pairs, c.tensors); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// tensor is the header of one tensor, of a file without keys.
func tensor(kind uint32, offset uint64, dims ...uint64) []byte {
	b := join(head(1, 0), text("a"), uint32(len(dims)), dims, kind, offset)
	return append(b, make([]byte, padding(int64(len(b)), 32)+64)...)
}

func TestBadFiles(t *testing.T) {
	two := join(head(2, 0), text("a"), uint32(1), uint64(8), uint32(0), uint64(0))
	for _, bad := range []struct {
		file []byte
		says string
	}{
		{nil, "cut off"},
		{[]byte("GG"), "cut off"},
		{[]byte("PK\x03\x04 and so on"), "another kind"},
		{join("GGUF", uint32(1), make([]byte, 20)), "version 1"},
		{join("GGUF", uint32(3<<24), make([]byte, 20)), "little endian"},
		{join("GGUF", uint32(3), uint64(1)), "cut off"},
		{[]byte(head(1<<60, 0)), "tensors, more than"},
		{[]byte(head(0, 1<<60)), "keys, more than"},
		{[]byte(head(1000, 0)), "more than the file has room for"},
		{join(head(0, 1), uint64(1<<62), make([]byte, 9)), "bytes long"},
		{join(head(0, 1), text("a"), uint32(99), uint64(0)), "type 99"},
		{join(head(0, 1), text("a"), uint32(8), uint64(1<<40)), "bytes long"},
		{join(head(0, 1), text("a"), uint32(8), uint64(1000)), "cut off"},
		{join(head(0, 1), text("a"), uint32(9), uint32(4), uint64(1<<61)), "items, more than"},
		{join(head(0, 1), text("a"), uint32(9), uint32(4), uint64(1<<21)), "more than the file has room for"},
		{join(head(0, 1), text("a"), uint32(9), uint32(8), uint64(1<<21)), "more than the file has room for"},
		{join(head(0, 1), text("a"), uint32(9), uint32(9), uint64(1), uint32(9), uint64(1)), "more than the file has room for"},
		{join(head(0, 1), text("a"), uint32(9), uint32(9), uint64(1<<61)), "arrays, more than"},
		{join(head(0, 1), text("a"), nest(5)), "one in the other"},
		{join(head(0, 1), text("a"), uint32(9), uint32(9), uint64(1), uint32(4), uint64(1<<21)), "more than the file has room for"},
		{join(head(0, 1), text("a"), uint32(9), uint32(77), uint64(1)), "type 77"},
		{join(head(0, 2), text("a"), uint32(7), uint8(1), text("a"), uint32(7), uint8(1)), "twice"},
		{join(head(0, 1), text(alignmentKey), uint32(4), uint32(0)), "power of two"},
		{join(head(0, 1), text(alignmentKey), uint32(4), uint32(33)), "power of two"},
		{join(head(0, 1), text(alignmentKey), uint32(8), text("x")), "power of two"},
		{tensor(0, 0), "0 dimensions"},
		{tensor(0, 0, 1, 1, 1, 1, 1), "5 dimensions"},
		{tensor(0, 0, 0), "impossible"},
		{tensor(0, 0, 1<<40), "impossible"},
		{tensor(0, 0, 1<<30, 1<<30, 1<<30), "impossible"},
		{tensor(0, 0, 1<<20), "cut off"},
		{tensor(0, 1<<62, 1), "outside of any file"},
		{tensor(0, 1<<40, 1), "cut off"},
		{tensor(0, 4, 1), "no multiple"},
		{tensor(8, 0, 31), "whole blocks"},
		{tensor(12, 0, 32), "whole blocks"},
		{tensor(16, 0, 256), "IQ2_XXS"},
		{tensor(500, 0, 256), "number 500"},
		{join(two, text("a"), uint32(1), uint64(1), uint32(0), uint64(32), make([]byte, 99)), "twice"},
		{join(two, text("b"), uint32(1), uint64(1), uint32(0), uint64(0), make([]byte, 99)), "inside the one before"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := open(bad.file)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%q gave %v and %v, want an error with %q", bad.file, got, err, bad.says)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
			t.Errorf("%q took %d bytes of memory", bad.file, took)
		}
	}
	if _, err := open(tensor(16, 0, 256)); !errors.Is(err, ErrType) {
		t.Errorf("IQ2_XXS is not told as an unknown type: %v", err)
	}
}

// nest is a value of arrays, one in the other, the innermost of one number.
func nest(depth int) []byte {
	b := join(uint32(9))
	for range depth - 1 {
		b = append(b, join(uint32(9), uint64(1))...)
	}
	return append(b, join(uint32(4), uint64(1), uint32(7))...)
}

// What a key says that nobody asks for does not keep a file from being read.
func TestStrangeValues(t *testing.T) {
	old := join("GGUF", uint32(2), uint64(0), uint64(6), text("nested"), nest(4), text("broken"), uint32(8), text("\xff"),
		text("texts"), uint32(9), uint32(8), uint64(2), text("a"), text("\xff\xfe"), text("\xff"), uint32(7), uint8(1),
		text(alignmentKey), uint32(11), int64(64), text("last"), uint32(10), uint64(7))
	old = append(old, make([]byte, padding(int64(len(old)), 64))...)
	f, err := open(old)
	if err != nil {
		t.Fatal(err)
	}
	if f.Value("nested") != (Nested{}) || f.Value("broken") != "\xff" || !reflect.DeepEqual(f.Value("texts"), []string{"a", "\xff\xfe"}) || f.Value("last") != uint64(7) {
		t.Errorf("read %v", f.Pairs)
	}
}

// A whole number is one, whatever its width.
func TestWhole(t *testing.T) {
	for _, v := range []any{uint8(7), int8(7), uint16(7), int16(7), uint32(7), int32(7), uint64(7), int64(7)} {
		if n, is := Whole(v); !is || n != 7 {
			t.Errorf("%T: %d, %v", v, n, is)
		}
	}
	for _, v := range []any{nil, "7", 7.0, float32(7), true, Nested{}, []int32{7}} {
		if n, is := Whole(v); is {
			t.Errorf("%T is taken for the whole number %d", v, n)
		}
	}
	if n, _ := Whole(uint64(math.MaxUint64)); n != 1<<62 {
		t.Errorf("the largest is %d", n)
	}
	for _, v := range []any{[]uint8{1, 3}, []int8{1, 3}, []uint16{1, 3}, []int32{1, 3}, []uint64{1, 3}, []int64{1, 3}} {
		if list, is := Wholes(v); !is || !reflect.DeepEqual(list, []int64{1, 3}) {
			t.Errorf("%T: %v, %v", v, list, is)
		}
	}
	for _, v := range []any{nil, 7, []string{"1"}, []float32{1}, []bool{true}, Nested{}} {
		if list, is := Wholes(v); is {
			t.Errorf("%T is taken for the whole numbers %v", v, list)
		}
	}
}

// Of each type of blocks a few numbers by hand; llama.cpp's own reading of whole
// blocks is compared with in model/checkpoint/exchange.
func TestBlocks(t *testing.T) {
	const one, two = "\x00\x3C", "\x00\x40" // as F16
	zeros := func(n int) string { return string(make([]byte, n)) }
	for name, c := range map[string]struct {
		t    Type
		raw  string
		want map[int]float32 // others are rest
		rest float32
	}{
		"Q4_0":   {2, two + "\x19" + zeros(15), map[int]float32{0: 2, 16: -14}, -16},
		"Q4_1":   {3, two + one + "\x19" + zeros(15), map[int]float32{0: 19, 16: 3}, 1},
		"Q5_0":   {6, two + "\x01\x00\x01\x00" + "\x19" + zeros(15), map[int]float32{0: 18, 16: 2}, -32},
		"Q5_1":   {7, two + one + "\x01\x00\x01\x00" + "\x19" + zeros(15), map[int]float32{0: 51, 16: 35}, 1},
		"Q8_0":   {Q8_0, two + "\xFF" + zeros(31), map[int]float32{0: -2}, 0},
		"IQ4_NL": {20, two + "\x1F" + zeros(15), map[int]float32{0: 226, 16: -208}, -254},
		"Q2_K":   {10, "\x23" + zeros(15) + "\x1B" + zeros(63) + two + one, map[int]float32{0: 16}, 0},
		"Q3_K":   {11, "\x01" + zeros(31) + "\x02" + zeros(63) + "\x01" + zeros(7) + "\x02" + zeros(3) + one, map[int]float32{0: 2}, 0},
		"Q4_K":   {12, two + one + "\x05\x00\x00\x00\x03" + zeros(7) + "\x2A" + zeros(127), map[int]float32{0: 97}, 0},
		"Q5_K":   {13, two + one + "\x05\x00\x00\x00\x03" + zeros(7) + "\x01" + zeros(31) + "\x2A" + zeros(127), map[int]float32{0: 257}, 0},
		"Q6_K":   {14, "\x21" + zeros(127) + "\x03" + zeros(63) + "\xFF" + zeros(15) + two, map[int]float32{0: -2 * (49 - 32)}, 0},
	} {
		b := blocks[c.t]
		x := make([]float32, b.numbers)
		if int64(len(c.raw)) != b.bytes {
			t.Fatalf("%s: a block of %d bytes instead of %d", name, len(c.raw), b.bytes)
		}
		unpack(x, []byte(c.raw), c.t)
		for i, got := range x {
			if want, said := c.want[i]; said && got != want {
				t.Errorf("%s: number %d is %v, want %v", name, i, got, want)
			} else if b.numbers == 256 {
				continue // they have scales of their own
			} else if !said && got != c.rest {
				t.Errorf("%s: number %d is %v, want %v", name, i, got, c.rest)
			}
		}
	}
}

// FuzzReadGGUF: no file makes the reader panic, and one that is taken is
// written and read again to the same.
func FuzzReadGGUF(f *testing.F) {
	var out bytes.Buffer
	if err := Write(&out, []Pair{{"a", uint32(7)}, {"b", []string{"x"}}, {"c", []float32{1}}},
		[]Lazy{lazy("m", F32, []float32{1, 2}, 2, 1), lazy("q", Q8_0, make([]float32, 32), 32)}); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add(tensor(30, 0, 4))
	for kind, b := range blocks {
		f.Add(append(tensor(uint32(kind), 0, uint64(b.numbers)), make([]byte, b.bytes)...))
	}
	f.Add(join(head(0, 1), text("a"), nest(3)))
	f.Add(join(head(0, 1), text("a"), uint32(9), uint32(7), uint64(2), uint8(1), uint8(0)))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := open(data)
		if err != nil {
			return
		}
		var tensors []Lazy
		for _, x := range file.Tensors {
			values := make([]float32, x.Len())
			if err := file.Read(x, values); err != nil {
				t.Fatal(err)
			}
			tensors = append(tensors, Lazy{x.Name, x.Shape, F32, func() []float32 { return values }})
		}
		var pairs []Pair
		for _, p := range file.Pairs {
			if _, nested := p.Value.(Nested); !nested && p.Key != alignmentKey {
				pairs = append(pairs, p)
			}
		}
		var again bytes.Buffer
		if err := Write(&again, pairs, tensors); err != nil {
			t.Fatal(err)
		}
		second, err := open(again.Bytes())
		if err != nil || len(second.Tensors) != len(tensors) || len(second.Pairs) != len(pairs) {
			t.Fatalf("read but not again: %v", err)
		}
	})
}
