package ui

//go:generate go tool vugugen -s -skip-main -skip-go-mod .
//go:generate gofmt -w 0_components_gen.go
//go:generate go run ./slim 0_components_gen.go
//go:generate gofmt -w 0_components_gen.go
