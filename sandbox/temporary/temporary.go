// Package temporary makes sandboxes that are used once, for tests and
// measurements, beside the one that a developer works in.
package temporary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"ai-serving/sandbox/given"
	"ai-serving/sandbox/home"
	"ai-serving/sandbox/stacks"
)

// Sandbox is a sandbox with stores, state and clusters of its own. It uses the
// programs that make has built.
type Sandbox struct {
	// Root is the checkout.
	Root string
	// Home is what SANDBOX_HOME is set to.
	Home string
}

// New makes a sandbox in an empty directory. Its clouds hold what the stacks
// refer to and other teams own.
func New(directory string) (Sandbox, error) {
	directory, err := home.Parse("the directory of a temporary sandbox", directory)
	if err != nil {
		return Sandbox{}, err
	}
	_, file, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(file), "..", "..")
	built := home.Built(root)
	if _, err := os.Stat(filepath.Join(built, "bin", "sandbox")); err != nil {
		return Sandbox{}, fmt.Errorf("%w: run make build first", err)
	}
	if err := home.Make(directory, built); err != nil {
		return Sandbox{}, err
	}
	return Sandbox{Root: root, Home: directory}, given.Lay(directory)
}

// Close stops what runs in the sandbox.
func (s Sandbox) Close() error {
	_, err := run(s.command(context.Background(), filepath.Join(s.Home, "bin", "sandbox"), "stop"))
	return err
}

// WriteStack writes the stack file of that name, for this sandbox only.
func (s Sandbox) WriteStack(name, text string) error {
	return s.WriteFile(stacks.FileName(name), text)
}

// WriteFile writes a file of the project, by its path in the project, for this sandbox
// only: a stack file, or one of tenants.
func (s Sandbox) WriteFile(path, text string) error {
	file := filepath.Join(s.own(), filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// Files are those that [Sandbox.WriteFile] has written, by path.
func (s Sandbox) Files() (map[string]string, error) {
	files := map[string]string{}
	own := os.DirFS(s.own())
	err := fs.WalkDir(own, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(own, path)
		files[path] = string(text)
		return err
	})
	return files, err
}

// RemoveFiles removes what [Sandbox.WriteFile] has written.
func (s Sandbox) RemoveFiles() error { return os.RemoveAll(s.own()) }

// own is where the project's files of this sandbox are. They go before those of the
// checkout.
func (s Sandbox) own() string { return filepath.Join(s.Home, "stacks") }

// Pulumi runs the Pulumi command line in the sandbox and returns what it prints
// to its standard output. The error of a failed command has all that it printed.
func (s Sandbox) Pulumi(ctx context.Context, arguments ...string) (string, error) {
	return run(s.PulumiCommand(ctx, arguments...))
}

// Run runs a program in the sandbox and returns what it prints to its standard
// output. The error of one that failed has all that it printed.
func (s Sandbox) Run(ctx context.Context, program string, arguments ...string) (string, error) {
	return run(s.command(ctx, program, arguments...))
}

// PulumiCommand is what [Sandbox.Pulumi] runs.
func (s Sandbox) PulumiCommand(ctx context.Context, arguments ...string) *exec.Cmd {
	arguments = append(arguments, "--non-interactive", "--color=never")
	return s.command(ctx, filepath.Join(s.Root, "sandbox", "pulumi"), arguments...)
}

// Resources counts what the state of a stack has.
func (s Sandbox) Resources(ctx context.Context, stack string) (int, error) {
	text, err := s.Pulumi(ctx, "stack", "export", "--stack", stack)
	if err != nil {
		return 0, err
	}
	var state struct {
		Deployment struct{ Resources []struct{} }
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return 0, fmt.Errorf("state of stack %s: %w", stack, err)
	}
	return len(state.Deployment.Resources), nil
}

// subscription is the one that the sandbox's Azure has unless it is told another.
const subscription = "00000000-0000-0000-0000-000000000000"

func run(command *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", errors.Join(
			fmt.Errorf("%s %s: %w", filepath.Base(command.Path), strings.Join(command.Args[1:], " "), err),
			errors.New(stdout.String()+stderr.String()))
	}
	return stdout.String(), nil
}

// command is a command in the sandbox's environment.
func (s Sandbox) command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = s.Root
	command.Env = append(os.Environ(), home.Variable+"="+s.Home, "ARM_SUBSCRIPTION_ID="+subscription)
	return command
}
