package tokenizer

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// Vocabularies and merges are read as encoding/json reads them, whatever white space and
// escapes they are written with; what they cannot be is said.
func TestScan(t *testing.T) {
	for _, text := range []string{
		`{}`, ` { "a" : 1 , "b":2,"\"":3,"\\":4,"\u00e9\ud83d\ude00":5,"\ud83d":6,"" : 7,"a\/b":123456789 } `, "{\n\t\"日本\":\r\n0}",
		`{"a":1000000000}`, `{"a":2147483647,"b":0}`,
	} {
		var want map[string]int32
		var got table
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(map[string]int32(got), want) {
			t.Errorf("%s is read as %v: %v", text, got, err)
		}
	}
	var merges mergeList
	if err := json.Unmarshal([]byte(` [ "a b" , [ "\"" , " \\" ] , "\u00e9 ]" ] `), &merges); err != nil || !reflect.DeepEqual(merges, mergeList{{"a", "b"}, {`"`, ` \`}, {"é", "]"}}) {
		t.Errorf("merges are read as %q: %v", merges, err)
	}
	for text, want := range map[string]string{
		`{"a":1,"\u0061":2}`: "twice", `{"a":1.5}`: `the id of “a”`, `{"a":2147483648}`: `the id of “a”`, `{"a":{"b":[1]}}`: `the id of “a”`, `{"a":"1"}`: `the id of “a”`, `[1]`: "object",
	} {
		if err := new(table).UnmarshalJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		`["ab"]`: "number 0", `["a b","a b c"]`: "number 1", `[["a"]]`: "number 0", `[["a","b","c"]]`: "number 0", `[["a",1]]`: "number 0", `[["a",""]]`: "number 0", `[1]`: "number 0", `[null]`: "number 0", `{}`: "list",
	} {
		if err := new(mergeList).UnmarshalJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
