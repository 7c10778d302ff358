// Package stacks finds the stacks of the project: those that have a stack file,
// and those that are deployed in a sandbox. Like package home it has no
// dependencies, because make asks it before anything is built.
package stacks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Project is the project's name in Pulumi.yaml.
const Project = "ai-serving"

// organization is the one that a stack has in a backend of files, if it names any.
const organization = "organization"

// name is what Pulumi takes for the name of a stack:
// sdk/go/common/tokens/stack_name.go of github.com/pulumi/pulumi. It is a part of
// the names of files, so that two dots alone would be a directory.
var name = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$`)

// Stack is a stack of the project in a sandbox.
type Stack struct {
	// Name is the name of the stack, without organization and project.
	Name string
	// HasFile reports whether there is a stack file.
	HasFile bool
	// IsDeployed reports whether the sandbox has a state of it.
	IsDeployed bool

	place Place
}

// Place is where the stacks are.
type Place struct {
	// Root is the checkout.
	Root string
	// Home is the directory of the sandbox.
	Home string
}

// Directories are where stack files are: the checkout, and the sandbox's own,
// which go before those of the same name.
func (p Place) Directories() []string { return []string{p.Root, filepath.Join(p.Home, "stacks")} }

// State is the file that the engine keeps the state of a stack in.
func (p Place) State(name string) string { return filepath.Join(p.states(), name+".json") }

func (p Place) states() string { return filepath.Join(p.Home, "state", ".pulumi", "stacks", Project) }

// Find looks a stack up, by its name or its full name. It is no error if there is
// none; the error is for what cannot be a name.
func (p Place) Find(given string) (Stack, error) {
	short := strings.TrimPrefix(strings.TrimPrefix(given, organization+"/"), Project+"/")
	if !name.MatchString(short) {
		return Stack{}, fmt.Errorf("%q cannot be the name of a stack: use letters, digits, \"-\", \"_\" and \".\", such as dev", given)
	}
	s := Stack{Name: short, place: p}
	for _, directory := range p.Directories() {
		s.HasFile = s.HasFile || exists(filepath.Join(directory, FileName(short)))
	}
	s.IsDeployed = exists(p.State(short))
	return s, nil
}

// NeedsFile refuses to run the program for a stack without a stack file.
func (s Stack) NeedsFile() error {
	switch {
	case s.HasFile:
		return nil
	case s.IsDeployed:
		return fmt.Errorf("%s does not exist, and the sandbox has a state of stack %s: put the file back, or take the stack away: "+
			"make destroy STACK=%s, and then sandbox/pulumi stack rm %s", FileName(s.Name), s.Name, s.Name, s.Name)
	}
	return s.unknown()
}

// NeedsState refuses to work on what a stack has made if there is nothing.
func (s Stack) NeedsState() error {
	switch {
	case s.IsDeployed:
		return nil
	case s.HasFile:
		return fmt.Errorf("stack %s is not deployed in this sandbox, and nothing was done: make up STACK=%s deploys it", s.Name, s.Name)
	}
	return s.unknown()
}

func (s Stack) unknown() error {
	there, err := s.place.Names()
	if err != nil {
		return err
	}
	return fmt.Errorf("there is no stack %s, and nothing was done: the stacks are %s; for another one, copy Pulumi.dev.yaml to %s and edit it",
		s.Name, strings.Join(there, ", "), FileName(s.Name))
}

// FileName is the name of the file of a stack.
func FileName(stack string) string { return "Pulumi." + stack + ".yaml" }

// NameOf is the name of the stack whose file has that name.
func NameOf(file string) (string, bool) {
	rest, hasPrefix := strings.CutPrefix(file, "Pulumi.")
	stack, hasSuffix := strings.CutSuffix(rest, ".yaml")
	return stack, hasPrefix && hasSuffix && name.MatchString(stack)
}

// Names lists the stacks that have a file or are deployed.
func (p Place) Names() ([]string, error) {
	found, err := p.Deployed()
	if err != nil {
		return nil, err
	}
	for _, directory := range p.Directories() {
		entries, err := entries(directory)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if stack, ok := NameOf(entry.Name()); ok {
				found = append(found, stack)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// Deployed lists the stacks that the sandbox has a state of.
func (p Place) Deployed() ([]string, error) {
	entries, err := entries(p.states())
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		if stack, isState := strings.CutSuffix(entry.Name(), ".json"); isState && name.MatchString(stack) {
			found = append(found, stack)
		}
	}
	return found, nil
}

// entries lists a directory, which need not exist.
func entries(directory string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
