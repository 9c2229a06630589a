package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
)

// file puts a header and data together by hand.
func file(header string, data ...byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), data...)
}

func read(b []byte) ([]Tensor, map[string]string, error) {
	return Read(bytes.NewReader(b), int64(len(b)))
}

func TestBytesAreAsTheFormatSays(t *testing.T) {
	var out bytes.Buffer
	err := Write(&out, []Tensor{{"b", []int{2}, []float32{1, -2}}, {"a", []int{}, []float32{0.5}}}, map[string]string{"format": "pt"})
	if err != nil {
		t.Fatal(err)
	}
	want := file(`{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      `,
		0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F)
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("wrote\n%q, want\n%q", out.Bytes(), want)
	}
}

func TestRoundTripToTheBit(t *testing.T) {
	want := []Tensor{
		{"ordinary", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}},
		{"special", []int{5}, []float32{float32(math.Inf(1)), math.MaxFloat32, math.SmallestNonzeroFloat32, 0, float32(math.Copysign(0, -1))}},
		{"empty", []int{0, 7}, []float32{}},
	}
	var out bytes.Buffer
	if err := Write(&out, want, nil); err != nil {
		t.Fatal(err)
	}
	got, _, err := read(out.Bytes())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %v (%v), want %v", got, err, want)
	}
}

func TestHalvesAreWidened(t *testing.T) {
	got, _, err := read(file(`{"h":{"dtype":"F16","shape":[5],"data_offsets":[0,10]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[10,12]}}`,
		0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0x7C, 0x40, 0x40))
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{1, -2, 1.0 / (1 << 24), 65504, float32(math.Inf(1))}
	if !reflect.DeepEqual(got[0].Data, want) || got[1].Data[0] != 3 {
		t.Errorf("got %v and %v", got[0].Data, got[1].Data)
	}
}

func TestWritesHalves(t *testing.T) {
	var out bytes.Buffer
	values := func() []float32 { return []float32{1, -2, 0.333251953125} }
	if err := WriteLazy(&out, []Lazy{{"h", []int{3}, F16, values}}, nil); err != nil {
		t.Fatal(err)
	}
	got, _, err := read(out.Bytes())
	if err != nil || !reflect.DeepEqual(got[0].Data, values()) || out.Len()%8 != 6 {
		t.Errorf("came back as %v (%v), %d bytes", got, err, out.Len())
	}
	if err := WriteLazy(&out, []Lazy{{"h", []int{1}, F16, func() []float32 { return []float32{1e6} }}}, nil); err == nil {
		t.Error("a million was written as F16")
	}
	if err := WriteLazy(&out, []Lazy{{"h", []int{2}, F32, func() []float32 { return []float32{1} }}}, nil); err == nil {
		t.Error("one number was written for two")
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for _, bad := range [][]Tensor{
		{{"a", []int{2}, []float32{1}}}, {{"a", []int{-1}, nil}}, {{metadataKey, []int{0}, nil}},
		{{"a", []int{1}, []float32{1}}, {"a", []int{1}, []float32{1}}}, {{"a", []int{1 << 62, 1 << 62}, nil}},
	} {
		if err := Write(&bytes.Buffer{}, bad, nil); err == nil {
			t.Errorf("%v was written", bad)
		}
	}
}

func TestBadFiles(t *testing.T) {
	for _, bad := range []struct {
		file []byte
		says string
	}{
		{nil, "too short"},
		{[]byte{1, 0, 0}, "too short"},
		{[]byte("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "more than the file has"},
		{file(`[]`), "no JSON object"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`, 0, 0, 0, 0), "cannot be read"},
		{file(`{} {}`), "behind it"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}`, 0, 0, 0, 0), "more"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "twice"},
		{file(`{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "unknown type"},
		{file(`{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "dimensions"},
		{file(`{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`), "cannot be read"},
		{file(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0), `"I64"`},
		{file(`{"a":{"shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "needs dtype"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, 0, 0, 0, 0), "two data_offsets"},
		{file(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "impossible"},
		{file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`), "impossible"},
		{file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "cannot lie"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0), "begins at byte 4"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0), "begins at byte 0"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0), "cut off"},
		{file(`{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}`, 0, 0, 0, 0), "cut off"},
		{file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0, 0), "something added"},
	} {
		got, _, err := read(bad.file)
		if err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%q gave %v and %v, want an error with %q", bad.file, got, err, bad.says)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 1, 2, 3, 4))
	f.Add(file(`{"__metadata__":{"k":"v"},"h":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}`, 0, 0x3C, 0, 0x40))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, metadata, err := read(data)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, tensors, metadata); err != nil {
			t.Fatal(err)
		}
		again, _, err := read(out.Bytes())
		if err != nil || len(again) != len(tensors) {
			t.Fatalf("%q was read but not again: %v", data, err)
		}
	})
}
