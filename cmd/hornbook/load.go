package main

import (
	"hornbook/model/checkpoint"
)

func load(path string) (checkpoint.Run, error) { return checkpoint.Load(path) }
