package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// isProgram makes the test's own program the one that is tested.
const isProgram = "PULUMI_LANGUAGE_GO_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(isProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// engine is what the engine has of a language host that it has started.
type engine struct {
	t       *testing.T
	command *exec.Cmd
	stdin   io.Closer
	stdout  *bufio.Reader
}

// start starts the program as the engine does. The host is a shell script.
func start(t *testing.T, host string) engine {
	t.Helper()
	program := filepath.Join(t.TempDir(), "pulumi-language-go")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(install(program, content), install(program+"-host", []byte("#!/bin/sh\n"+host))); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "127.0.0.1:1")
	command.Env = append(os.Environ(), isProgram+"=1")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }) // it should have ended
	return engine{t, command, stdin, bufio.NewReader(stdout)}
}

// install writes a program. No process may start meanwhile: it would have the file
// open for writing, and Linux runs no such file ("text file busy").
func install(path string, content []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, content, 0o700)
}

// line is what the host prints next.
func (e engine) line() string {
	e.t.Helper()
	line, err := e.stdout.ReadString('\n')
	if err != nil {
		e.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// expectEnded waits until nothing of the process group is left.
func (e engine) expectEnded() {
	e.t.Helper()
	_ = e.command.Wait() // the status is not the question
	for begin := time.Now(); !errors.Is(syscall.Kill(-e.command.Process.Pid, 0), syscall.ESRCH); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			e.t.Fatal("a process is left")
		}
	}
}

// running prints a line when a child of the host runs too, and goes on.
const running = "sleep 60 &\necho $!\nwait\n"

func TestTheHostEndsWithTheEngine(t *testing.T) {
	t.Parallel()
	e := start(t, running)
	child, err := strconv.Atoi(e.line())
	if err != nil || syscall.Kill(child, 0) != nil {
		t.Fatalf("process %d, which the host has started, does not run: %v", child, err)
	}
	if err := e.stdin.Close(); err != nil { // as the system does when the engine is killed
		t.Fatal(err)
	}
	e.expectEnded()
}

func TestTheHostEndsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	e := start(t, "trap 'exit 0' INT\n"+running)
	e.line()
	if err := syscall.Kill(-e.command.Process.Pid, syscall.SIGINT); err != nil { // as the engine does when it is done
		t.Fatal(err)
	}
	if err := e.command.Wait(); err != nil {
		t.Errorf("the host ended well, and the program with %v", err)
	}
}

func TestTheHostsOutputAndStatusArePassedOn(t *testing.T) {
	t.Parallel()
	e := start(t, `echo "port for $1"; exit 3`)
	if got := e.line(); got != "port for 127.0.0.1:1" {
		t.Errorf("the host prints %q", got)
	}
	if _ = e.command.Wait(); e.command.ProcessState.ExitCode() != 3 {
		t.Errorf("the program ended with %v, want exit status 3", e.command.ProcessState)
	}
}
