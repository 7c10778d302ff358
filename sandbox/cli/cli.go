// Package cli is the Pulumi command line as it is run in a sandbox: on a copy of
// the project, with the sandbox's plugins and state, and refused where it would
// work on what is not there or write to what the sandbox does not keep.
package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"ai-serving/sandbox/home"
	"ai-serving/sandbox/project"
	"ai-serving/sandbox/stacks"
	"ai-serving/sandbox/store"
)

// Run becomes the Pulumi CLI with these arguments, for the project of a checkout
// and the sandbox in a directory. It returns only if it cannot.
func Run(root, directory string, arguments []string) error {
	built := home.Built(root)
	if err := home.Make(directory, built); err != nil {
		return err
	}
	place := stacks.Place{Root: root, Home: directory}
	request := parse(arguments)
	if !request.elsewhere {
		if err := prepare(place, request); err != nil {
			return err
		}
		arguments = append([]string{"--cwd", project.Directory(directory)}, arguments...)
	}
	if err := removeLocks(directory); err != nil {
		return err
	}
	if err := enter(place); err != nil {
		return err
	}
	if request.command == "up" && !request.elsewhere {
		if err := logEvents(place); err != nil {
			return err
		}
	}
	program, err := exec.LookPath("pulumi")
	if err != nil {
		return errNotBuilt
	}
	return syscall.Exec(program, append([]string{"pulumi"}, arguments...), os.Environ())
}

// prepare makes the copy of the project what the project is, and refuses a request
// for what is not there or is damaged.
func prepare(place stacks.Place, request request) error {
	problems, err := project.Update(place)
	if err != nil {
		return err
	}
	if request.stack == "" {
		if request.stack, err = selected(place); err != nil {
			return err
		}
	}
	if err := refuse(place, request, problems); err != nil {
		return err
	}
	return store.Check(place.Home)
}

// enter makes this process's environment the sandbox's.
func enter(place stacks.Place) error {
	if err := os.MkdirAll(filepath.Join(place.Home, "state"), 0o755); err != nil {
		return err
	}
	if err := keepNoLog(place); err != nil {
		return err
	}
	for _, name := range foreign {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for name, value := range environment(place) {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
