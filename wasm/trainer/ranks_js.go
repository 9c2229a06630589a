package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"syscall/js"
	"time"
	"unsafe"

	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/wasm/jsrt"
)

// task is a train.Task without its arrays, which travel beside it.
type task struct {
	Recipe  recipe.Recipe `json:"recipe"`
	Done    int           `json:"done"`
	Teacher recipe.Model  `json:"teacher"`
}

// serve is the life of a rank that is not the lead.
func serve(seat js.Value) error {
	var t task
	if err := json.Unmarshal([]byte(seat.Get("task").String()), &t); err != nil {
		return err
	}
	arrays := seat.Get("arrays")
	var d train.Data
	for i, array := range d.Arrays() {
		*array = copyIn[int32](arrays.Index(2 + i))
	}
	weights := copyIn[float32](arrays.Index(0))
	d.Teacher, d.Frozen = t.Teacher, copyIn[float32](arrays.Index(1))
	seat.Delete("arrays") // the copies are enough
	b := newBoard(seat)
	js.Global().Get("hornbookLead").Call("postMessage", "ready")
	return train.Serve(train.Task{Recipe: t.Recipe, Data: d, Weights: weights, Done: t.Done}, b)
}

// copyIn copies a Uint8Array of numbers of four bytes; nil for an empty one.
func copyIn[T int32 | float32](bytes js.Value) []T {
	n := bytes.Length() / 4
	if n == 0 {
		return nil
	}
	x := make([]T, n)
	js.CopyBytesToGo(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*n), bytes)
	return x
}

// lent is where x lies and how long it is, as long as x is kept alive.
func lent[T any](x []T) any { return []any{place(x), len(x)} }

// crew is the lead's board with the workers of the other ranks.
type crew struct {
	*board
	told js.Func
}

// startingTakes is how long workers may take until they are ready.
const startingTakes = time.Minute

// launch has the page start workers for ranks 1 to size-1.
func launch(t train.Task, size int) (train.Crew, error) {
	text, err := json.Marshal(task{t.Recipe, t.Done, t.Data.Teacher})
	if err != nil {
		return nil, err
	}
	c, ready := &crew{}, make(chan struct{}, size)
	c.told = js.FuncOf(func(_ js.Value, args []js.Value) any {
		if args[0].String() == "ready" {
			ready <- struct{}{}
		} else {
			c.lose()
		}
		return nil
	})
	floats := train.BoardLen(t.Recipe, size)
	arrays := []any{lent(t.Weights), lent(t.Data.Frozen)}
	for _, array := range t.Data.Arrays() {
		arrays = append(arrays, lent(*array))
	}
	seat, err := jsrt.Call(js.Global(), "hornbookRecruit", size, floats, string(text), arrays, c.told)
	runtime.KeepAlive(t)
	if err != nil {
		c.dismiss()
		return nil, fmt.Errorf("workers cannot be started: %w", err)
	}
	c.board = newBoard(seat)
	if err := c.begin(ready); err != nil {
		c.End()
		return nil, err
	}
	return c, nil
}

// begin waits until all workers are ready.
func (c *crew) begin(ready <-chan struct{}) error {
	limit := time.After(startingTakes)
	for range c.size - 1 {
		select {
		case <-ready:
		case <-c.lost:
			return errors.New("a worker ended before it was ready")
		case <-limit:
			return fmt.Errorf("a worker was not ready after %v", startingTakes)
		}
	}
	return nil
}

// End ends the workers at once, whatever they do.
func (c *crew) End() {
	c.dismiss()
	c.close.Invoke()
	c.turning.Release()
}

// dismiss ends the workers that have been started.
func (c *crew) dismiss() {
	js.Global().Call("hornbookDismiss")
	c.told.Release()
}
