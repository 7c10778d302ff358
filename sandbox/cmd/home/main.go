// Command home does for make what comes before anything is built: it makes the
// sandbox's directory or removes it, and looks a stack up. Make runs it in the
// directory of this module.
//
//	home make         make and mark the directory that SANDBOX_HOME names, and .sandbox
//	home clean        remove what the sandbox has put into it
//	home file STACK   fail unless the stack has a stack file
//	home state STACK  fail unless the stack is deployed
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ai-serving/sandbox/home"
	"ai-serving/sandbox/stacks"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	module, err := os.Getwd()
	if err != nil {
		return err
	}
	root := filepath.Dir(module)
	directory, err := home.Get(home.Built(root))
	if err != nil {
		return err
	}
	switch {
	case len(arguments) == 1 && arguments[0] == "make":
		return makeFor(root, directory)
	case len(arguments) == 1 && arguments[0] == "clean":
		return clean(directory)
	case len(arguments) == 2 && arguments[0] == "file":
		return find(root, directory, arguments[1], stacks.Stack.NeedsFile)
	case len(arguments) == 2 && arguments[0] == "state":
		return find(root, directory, arguments[1], stacks.Stack.NeedsState)
	}
	return errors.New("usage: home make | home clean | home file STACK | home state STACK")
}

// makeFor makes the directory for a checkout, and the one that make builds into.
func makeFor(root, directory string) error {
	if strings.ContainsRune(root, filepath.ListSeparator) {
		return fmt.Errorf("the path of the checkout, %q, has a %q, which would end it in PATH: move the checkout", root, filepath.ListSeparator)
	}
	built := home.Built(root)
	if err := home.Make(built, built); err != nil {
		return err
	}
	return home.Make(directory, built)
}

func clean(directory string) error {
	left, err := home.Clean(directory)
	for _, path := range left {
		fmt.Printf("left, because the sandbox did not make it: %s\n", path)
	}
	return err
}

// find looks a stack up and asks it for what a verb needs.
func find(root, directory, name string, needs func(stacks.Stack) error) error {
	stack, err := stacks.Place{Root: root, Home: directory}.Find(name)
	if err != nil {
		return err
	}
	return needs(stack)
}
