package village

import (
	"fmt"
	"os"
	"testing"
)

func TestShow(t *testing.T) {
	if os.Getenv("SHOW") == "" {
		t.Skip("SHOW=1 prints tales")
	}
	r := New(7)
	for range 20 {
		fmt.Println(r.Next().Text)
		fmt.Println()
	}
}
