package protocol

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestEveryCommandRoundTrips(t *testing.T) {
	for name, fresh := range commands {
		want := fresh()
		fill(reflect.ValueOf(want).Elem())
		text, err := EncodeCommand(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeCommand(text)
		if err != nil || !reflect.DeepEqual(got, want) || want.command() != name {
			t.Errorf("%s: %s gave %+v (%v), want %+v", name, text, got, err, want)
		}
	}
}

func TestEveryEventRoundTrips(t *testing.T) {
	for name, fresh := range events {
		want := fresh()
		fill(reflect.ValueOf(want).Elem())
		text, err := EncodeEvent(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeEvent(text)
		if err != nil || !reflect.DeepEqual(got, want) || want.event() != name {
			t.Errorf("%s: %s gave %+v (%v), want %+v", name, text, got, err, want)
		}
	}
}

// filled counts the texts that fill gave, each another one: names must differ.
var filled int

// fill gives every field that travels a value that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.String:
		filled++
		v.SetString(fmt.Sprintf("a \"quoted\" ⏎ text %d", filled))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.1)
	case reflect.Uint64:
		v.SetUint(1<<64 - 1)
	default:
		v.SetInt(7)
	}
}

// Every command has an id, and every event takes that of the command that it
// answers.
func TestEveryAnswerKnowsItsCommand(t *testing.T) {
	for name, fresh := range commands {
		c := fresh()
		c.Number(31)
		if text, err := EncodeCommand(c); err != nil || c.Asks() != 31 || !strings.Contains(string(text), `"id":31`) {
			t.Errorf("%s: %s is numbered %d (%v)", name, text, c.Asks(), err)
		}
	}
	for name, fresh := range events {
		e := fresh()
		e.Answer(31)
		if text, err := EncodeEvent(e); err != nil || e.Answers() != 31 || !strings.Contains(string(text), `"id":31`) {
			t.Errorf("%s: %s answers %d (%v)", name, text, e.Answers(), err)
		}
	}
}

func TestStrict(t *testing.T) {
	for _, bad := range []string{
		"", "{", "[]", "null", `"pause"`, `{}`, `{"command":3}`, `{"event":"pause"}`, `{"command":"nonsense"}`,
		`{"command":"pause","extra":1}`, `{"command":"pause",}`, `{"command":"pause"}{}`, `{"command":"pause"} x`,
		`{"id":1,"command":"cancel"}`, `{"command":"cancel","id":"1"}`, `{"command":"cancel","id":1.5}`,
		`{"command":"generate","id":1,"TopK":4}`, `{"command":"cancel" "id":1}`,
	} {
		if c, err := DecodeCommand([]byte(bad)); err == nil {
			t.Errorf("%s was taken as %#v", bad, c)
		}
	}
	long := `{"command":"tokenize","text":"` + strings.Repeat("x", MaxMessage) + `"}`
	if _, err := DecodeCommand([]byte(long)); err == nil {
		t.Error("a message over the limit was taken")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"command":"generate","id":1,"prompt":"a","tokens":3,"temperature":1,"top_k":0,"top_p":1,"seed":1}`))
	f.Add([]byte(`{"command":"pause"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := DecodeCommand(data)
		if err != nil {
			return
		}
		text, err := EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := DecodeCommand(text); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%s became %s: %v", data, text, err)
		}
	})
}
