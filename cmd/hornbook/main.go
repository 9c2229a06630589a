// Command hornbook serves the page, and trains, writes with and times models
// without a browser.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const usage = `Hornbook teaches a tiny language model to write.

  hornbook serve    [-addr HOST:PORT] [-share DIR] [-cert FILE -key FILE]
  hornbook train    -data FILE... [-preset NAME] [-steps N] [-seed N] [-ranks N] [-out DIR [-resume]] [-json]
                    [-objective lm|sft|dpo|grpo|distill] [-from RUN [-method full|last|lora]] [-set NAME=VALUE]
  hornbook generate -run DIR [-prompt TEXT] [-n N] [-temperature T] [-top-k K] [-top-p P] [-seed N]
  hornbook chat     -run DIR [-system TEXT] [-temperature T] [-top-k K] [-top-p P] [-seed N]
  hornbook eval     -run DIR -task NAME|FILE [-n N] [-k K] [-seed S] [-json]
  hornbook export   -run DIR -format hf|gguf|safetensors|peft|zip [-dtype f32|f16|q8_0] -o OUT
  hornbook import   FILE... [-onto RUN] -o DIR
  hornbook handoff  -run DIR -data FILE... -o OUT
  hornbook scale    -text FILE... -out DIR [-sizes N] [-seeds N] [-budget MINUTES] [-test=false]
  hornbook bench    [-where native|chromium] [-backend cpu|webgpu] [-preset NAME] [-ranks N] [-steps N]
                    [-batch N] [-context N] [-layers N] [-heads N] [-channels N] [-json]

"hornbook COMMAND -h" explains the flags of a command.
`

var commands = map[string]func(args []string, out, errs io.Writer) error{
	"serve": serve, "train": trainCommand, "generate": generate, "chat": chatCommand, "eval": evalCommand, "export": export, "import": importCommand, "handoff": handoffCommand, "scale": scaleCommand, "bench": bench,
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit status: 0, 1 for what went wrong, 2 for wrong usage.
func run(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(errs, usage)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		if len(args) > 1 && commands[args[1]] != nil {
			return status(commands[args[1]]([]string{"-h"}, out, errs), errs)
		}
		fmt.Fprint(out, usage)
		return 0
	}
	command, known := commands[args[0]]
	if !known {
		fmt.Fprintf(errs, "hornbook: there is no command %q.\n\n%s", args[0], usage)
		return 2
	}
	return status(command(args[1:], out, errs), errs)
}

// status prints err and turns it into the exit status.
func status(err error, errs io.Writer) int {
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(errs, "hornbook: %s\n", wrong)
		return 2
	}
	fmt.Fprintf(errs, "hornbook: %s\n", err)
	return 1
}

// usageError is a wrong flag or a missing one.
type usageError string

func (e usageError) Error() string { return string(e) }

func wrongUsage(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// parse reads args, flags only, by f. What is wrong with them it tells as a
// usageError.
func parse(f *flag.FlagSet, args []string, errs io.Writer) error {
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return wrongUsage("%s takes flags only, not %q", f.Name(), f.Arg(0))
	}
	return nil
}

// parseFlags is parse up to the first argument that is no flag.
func parseFlags(f *flag.FlagSet, args []string, errs io.Writer) error {
	f.SetOutput(io.Discard) // what is wrong is told once, by us
	f.Usage = func() {}
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(errs, "The flags of hornbook %s:\n", f.Name())
		f.SetOutput(errs)
		f.PrintDefaults()
		return err
	case err != nil:
		return wrongUsage("%s; see hornbook %s -h", err, f.Name())
	}
	return nil
}
