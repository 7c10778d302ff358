package kubernetes

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startWithParent starts a process that ends when this one does, however it ends. Linux
// counts the thread that has started it as the parent, so that thread is kept.
func startWithParent(command *exec.Cmd) error {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- command.Start()
		select {} // a thread that is locked ends with its goroutine
	}()
	return <-started
}
