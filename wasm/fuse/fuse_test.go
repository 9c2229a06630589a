package fuse

import (
	"bytes"
	"testing"
)

// Instructions of the test functions; each has the parameters 0 to 2, vectors.
const (
	get0, get1, get2 = "\x20\x00", "\x20\x01", "\x20\x02"
	mul, add         = "\xFD\xE6\x01", "\xFD\xE4\x01"
	nops, madd       = "\x01\x01\x01", "\xFD\x85\x02"
	load             = "\x41\x10\xFD\x00\x04\x20" // v128.load of address 16, alignment 2^4, offset 32
)

// module is one function of (param v128 v128 v128) (result v128) with a memory.
func module(body string) []byte {
	code := "\x01\x01\x7F" + body + "\x0B" // one group of locals: one i32
	m := "\x00asm\x01\x00\x00\x00" +
		"\x01\x08\x01\x60\x03\x7B\x7B\x7B\x01\x7B" + // types
		"\x03\x02\x01\x00" + // functions
		"\x05\x03\x01\x00\x01" // memories
	return []byte(m + "\x0A" + string(rune(len(code)+2)) + "\x01" + string(rune(len(code))) + code)
}

func TestFuse(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"a·b + c", get0 + get1 + mul + get2 + add, get0 + get1 + nops + get2 + madd},
		{"a·b + memory", get0 + get1 + mul + load + add, get0 + get1 + nops + load + madd},
		{"a·b + (a + c)", get0 + get1 + mul + get0 + get2 + add + add, get0 + get1 + nops + get0 + get2 + add + madd},
		{"a·b + b·c", get0 + get1 + mul + get1 + get2 + mul + add, get0 + get1 + nops + get1 + get2 + mul + madd},
		{"(a·b + c)·a + b", get0 + get1 + mul + get2 + add + get0 + mul + get1 + add,
			get0 + get1 + nops + get2 + madd + get0 + nops + get1 + madd},
		{"c + a·b stays", get2 + get0 + get1 + mul + add, get2 + get0 + get1 + mul + add},
		{"a product used twice stays", get0 + get1 + mul + "\x22\x02" + get2 + add, get0 + get1 + mul + "\x22\x02" + get2 + add},
		{"a product from another block stays", get0 + get1 + mul + "\x03\x40\x0B" + get2 + add,
			get0 + get1 + mul + "\x03\x40\x0B" + get2 + add},
		{"bytes of a constant stay", "\xFD\x0C" + mul + get2 + add + "12345678", "\xFD\x0C" + mul + get2 + add + "12345678"},
	} {
		got, n, err := Fuse(module(c.body))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if want := module(c.want); !bytes.Equal(got, want) {
			t.Errorf("%s: got % x\nwant % x", c.name, got, want)
		}
		if want := bytes.Count([]byte(c.want), []byte(madd)); n != want {
			t.Errorf("%s: %d fused, want %d", c.name, n, want)
		}
	}
}

func TestBadModules(t *testing.T) {
	whole := module(get0 + get1 + mul + get2 + add)
	for n := range whole {
		if got, _, err := Fuse(whole[:n]); err == nil && n > 8 && len(got) != n {
			t.Errorf("the first %d bytes gave %d", n, len(got))
		}
	}
	for _, bad := range []string{"", "\x00asm\x02\x00\x00\x00", string(module("\xFE\x00")), string(module("\xFC\x63"))} {
		if _, _, err := Fuse([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzFuse(f *testing.F) {
	f.Add(module(get0 + get1 + mul + load + add))
	f.Fuzz(func(t *testing.T, module []byte) {
		if got, n, err := Fuse(module); err == nil && (len(got) != len(module) || n == 0 && !bytes.Equal(got, module)) {
			t.Fatalf("%d fused, %d bytes became %d", n, len(module), len(got))
		}
	})
}
