//go:build !linux

package kubernetes

import "os/exec"

// startWithParent starts a process. It is in the process group that the engine kills,
// and finds out by itself within five minutes when its engine is gone.
func startWithParent(command *exec.Cmd) error { return command.Start() }
