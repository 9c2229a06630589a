package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"syscall/js"
	"time"
	"unsafe"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/model/train"
	"hornbook/wasm/jsrt"
)

// task is a train.Task without its arrays, which travel beside it.
type task struct {
	Recipe  recipe.Recipe  `json:"recipe"`
	Done    int            `json:"done"`
	Teacher recipe.Model   `json:"teacher"`
	Types   []tensor.DType `json:"types"` // of the model's tensors
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
		*array = copyIn[int32](arrays.Index(1 + i))
	}
	d.Teacher, d.Frozen = t.Teacher, copyIn[float32](arrays.Index(0))
	m := model.NewAs(t.Recipe.Model, t.Types)
	if t.Recipe.Trains == recipe.Adapter {
		m.Adapt(t.Recipe.Tuning.LoRA)
	}
	for i, p := range m.Parameters {
		array := arrays.Index(1 + len(d.Arrays()) + i)
		if p.Storage.DType() == tensor.F32 {
			p.Write(func(x []float32) { copyInto(x, array) })
		} else {
			copyInto(even(p), array)
		}
	}
	seat.Delete("arrays") // the copies are enough
	b := newBoard(seat)
	js.Global().Get("hornbookLead").Call("postMessage", "ready")
	return train.Serve(train.Task{Recipe: t.Recipe, Data: d, Model: m, Done: t.Done}, b)
}

// copyIn copies a Uint8Array of numbers of four bytes; nil for an empty one.
func copyIn[T int32 | float32](bytes js.Value) []T {
	n := bytes.Length() / 4
	if n == 0 {
		return nil
	}
	x := make([]T, n)
	copyInto(x, bytes)
	return x
}

// copyInto fills x with what lies in a Uint8Array.
func copyInto[T any](x []T, bytes js.Value) {
	js.CopyBytesToGo(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(x[0]))), bytes)
}

// even are the bits of a parameter of 16 bits, an even number of them.
func even(p *tensor.Tensor) []uint16 {
	x := cpu.Halves(p.Storage)
	return x[:len(x)+len(x)%2]
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
	text, err := json.Marshal(task{t.Recipe, t.Done, t.Data.Teacher, t.Model.Types()})
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
	arrays := []any{lent(t.Data.Frozen)}
	for _, array := range t.Data.Arrays() {
		arrays = append(arrays, lent(*array))
	}
	for _, p := range t.Model.Parameters {
		if p.Storage.DType() == tensor.F32 {
			p.Read(func(x []float32) { arrays = append(arrays, lent(x)) })
		} else {
			arrays = append(arrays, []any{place(even(p)), len(even(p)) / 2})
		}
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
