package main

import (
	"syscall/js"

	"hornbook/model/tensor"
	"hornbook/model/webgpu"
	"hornbook/web/session"
)

// lender lends the browser's graphics card, nil where the browser has none to lend.
func lender() func() (session.GPU, error) {
	if !js.Global().Get("navigator").Get("gpu").Truthy() {
		return nil
	}
	return func() (session.GPU, error) {
		card, err := webgpu.Open()
		if err != nil {
			return session.GPU{}, err
		}
		return session.GPU{Name: card.Name, Software: card.Software, Backend: func() tensor.Backend { return webgpu.New(card) }, Close: card.Close}, nil
	}
}
