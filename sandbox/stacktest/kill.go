package stacktest

import (
	"bytes"
	"os"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// giveUp is how long a command may take to come to where it is to be killed.
const giveUp = 2 * time.Minute

// parallel lets the engine begin everything that can be begun: what hangs must
// not keep it from what comes next.
const parallel = "--parallel=1000"

// Kill runs a pulumi command until something has happened, and then kills the
// engine, which has no time to do anything about it. It returns when the
// plugins have ended, as they do once they have finished what was under way.
func (s Stack) Kill(happened func() bool, arguments ...string) {
	s.T.Helper()
	command := s.Sandbox.PulumiCommand(s.T.Context(), append(arguments, parallel, "--stack", name)...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		s.T.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for begin := time.Now(); !happened(); time.Sleep(poll) {
		select {
		case err := <-ended:
			s.T.Fatalf("pulumi %s ended before it could be killed: %v\n%s", arguments[0], err, output.String())
		default:
		}
		if time.Since(begin) > giveUp {
			_ = command.Process.Kill() // the test fails anyway
			s.T.Fatalf("pulumi %s did not come to where it is to be killed\n%s", arguments[0], output.String())
		}
	}
	children := s.children(command.Process.Pid)
	if err := command.Process.Signal(syscall.SIGKILL); err != nil {
		s.T.Fatal(err)
	}
	<-ended
	s.bury(children)
}

// languageHost is the process that the engine runs the program by, as far as
// the kernel keeps its name. It does no more than that, and looks for the
// engine every five minutes only.
const languageHost = "pulumi-language"

// children are the processes that the engine has started itself.
func (s Stack) children(parent int) []procfs.Proc {
	s.T.Helper()
	all, err := procfs.AllProcs()
	if err != nil {
		s.T.Fatal(err)
	}
	var children []procfs.Proc
	for _, process := range all {
		if stat, err := process.Stat(); err == nil && stat.PPID == parent { // else it has ended
			children = append(children, process)
		}
	}
	return children
}

// bury ends the language host, and waits for the plugins to end by themselves.
func (s Stack) bury(children []procfs.Proc) {
	s.T.Helper()
	for _, child := range children {
		for begin := time.Now(); ; time.Sleep(poll) {
			stat, err := child.Stat()
			if err != nil || stat.State == "Z" {
				break
			}
			if stat.Comm[:min(len(stat.Comm), len(languageHost))] == languageHost {
				process, _ := os.FindProcess(child.PID) // never fails on Unix
				_ = process.Kill()                      // it may just have ended
			}
			if time.Since(begin) > time.Minute {
				s.T.Fatalf("process %d, %s, has outlived its engine", child.PID, stat.Comm)
			}
		}
	}
}
