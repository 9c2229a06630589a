package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"syscall/js"
	"time"

	"hornbook/wasm/jsrt"
	"hornbook/web/share"
)

// objects is share.Objects in a bucket of R2.
type objects struct{ bucket js.Value }

// call calls a method of the bucket and waits for its promise.
func (o objects) call(method string, args ...any) (js.Value, error) {
	promise, err := jsrt.Call(o.bucket, method, args...)
	if err == nil {
		promise, err = jsrt.Await(promise)
	}
	if err != nil {
		return js.Value{}, fmt.Errorf("edge: %s in R2: %w", method, err)
	}
	return promise, nil
}

// Put hands the request's own stream to R2 (keep in worker.mjs), which keeps all or
// nothing and compares the hash; both ends of what is kept come back.
func (o objects) Put(ctx context.Context, id string, body io.Reader, want share.Want) (share.Object, error) {
	raw, is := body.(interface{ GetRawJSBody() js.Value })
	if !is {
		return nil, errors.New("edge: the body is no stream of JavaScript's")
	}
	deadline, has := ctx.Deadline()
	if !has {
		return nil, errors.New("edge: a put has no end")
	}
	kept, err := jsrt.Await(js.Global().Call("keep", o.bucket, id, raw.GetRawJSBody(), want.Size,
		hex.EncodeToString(want.Sum[:]), max(1, time.Until(deadline).Milliseconds()), block))
	switch {
	case err != nil:
		return nil, fmt.Errorf("edge: put in R2: %w", err)
	case kept.Type() == js.TypeString:
		return nil, cmp.Or(refused[kept.String()], errors.New("edge: put in R2: it says "+kept.String()))
	}
	return opened(o, id, want.Size, jsrt.CopyIn(kept)), nil
}

// refused are the words of keep.
var refused = map[string]error{"slow": share.ErrSlow, "sum": share.ErrSum, "cut": share.ErrCut}

// Send gives R2's stream to the answer.
func (o objects) Send(_ context.Context, id string, w io.Writer) error {
	got, err := o.call("get", id)
	switch {
	case err != nil:
		return err
	case got.IsNull():
		return share.ErrNone
	}
	to, is := w.(interface{ WriteRawJSBody(js.Value) })
	if !is {
		return errors.New("edge: the answer takes no stream of JavaScript's")
	}
	to.WriteRawJSBody(got.Get("body"))
	return nil
}

// Delete deletes objects, a thousand at once.
func (o objects) Delete(_ context.Context, ids ...string) error {
	for len(ids) > 0 {
		n := min(len(ids), 1000)
		_, err := o.call("delete", list(ids[:n]))
		if err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func list(ids []string) []any {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return values
}

// Old lists objects from the beginning, and where those are not all, others that come
// behind an id that the time decides: so that in time each is listed.
func (o objects) Old(_ context.Context, before time.Time) ([]string, error) {
	ids, more, err := o.list(before, "")
	if err != nil || !more {
		return ids, err
	}
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	hour := int(before.Unix() / 3600)
	others, _, err := o.list(before, string([]byte{letters[hour*7%32], letters[hour*11%32]}))
	return append(ids, others...), err
}

func (o objects) list(before time.Time, after string) (ids []string, more bool, err error) {
	options := map[string]any{"limit": 500}
	if after != "" {
		options["startAfter"] = after
	}
	found, err := o.call("list", options)
	if err != nil {
		return nil, false, err
	}
	objects := found.Get("objects")
	for i := range objects.Length() {
		one := objects.Index(i)
		if one.Get("uploaded").Call("getTime").Float() < float64(before.UnixMilli()) {
			ids = append(ids, one.Get("key").String())
		}
	}
	return ids, found.Get("truncated").Bool(), nil
}
