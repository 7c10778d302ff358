// Command pulumi-language-go runs the language host for Go, which lies beside it
// as pulumi-language-go-host, and ends it with the engine.
//
// The host itself looks for its engine every five minutes only
// (github.com/pulumi/pulumi/sdk/v3@v3.66.0/go/pulumi-language-go/main.go, the call
// of rpcutil.Healthcheck). This one holds the other end of a pipe of the engine's,
// its standard input (sdk/go/common/resource/plugin/plugin.go, ExecPlugin), which
// ends when the engine does, however it ends.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-go:", err)
	}
	os.Exit(status)
}

// run runs the host until it ends, and returns its exit status.
func run(arguments []string) (int, error) {
	program, err := os.Executable()
	if err != nil {
		return 1, err
	}
	host := exec.Command(program+"-host", arguments...)
	host.Stdout, host.Stderr = os.Stdout, os.Stderr
	// The engine interrupts the whole process group: the host ends, and so this does.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
	if err := host.Start(); err != nil {
		return 1, err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // a broken pipe is an end too
		_ = end(host.Process)                // it may have ended
	}()
	var failure *exec.ExitError
	if err := host.Wait(); err != nil && !errors.As(err, &failure) {
		return 1, err
	}
	return max(host.ProcessState.ExitCode(), 0), nil
}

// end kills the host, and what it runs: all that is in the process group that the
// engine has made for them.
func end(host *os.Process) error {
	if syscall.Getpgrp() == os.Getpid() {
		return syscall.Kill(-os.Getpid(), syscall.SIGKILL)
	}
	return host.Kill()
}
