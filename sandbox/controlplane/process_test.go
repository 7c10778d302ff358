package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAProcessRunsUntilItIsStopped(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "sleeper"}
	startProcess(t, p, "sleep", "60")
	pid, running, err := p.running()
	if !running || err != nil {
		t.Fatalf("running = %v, %v; want true", running, err)
	}
	startProcess(t, p, "sleep", "60")
	if again, _, _ := p.running(); again != pid {
		t.Errorf("the second start made process %d beside process %d", again, pid)
	}
	if err := p.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, running, err := p.running(); running || err != nil {
		t.Errorf("after stop running = %v, %v; want false", running, err)
	}
}

func TestAProcessThatIgnoresTerminationIsKilled(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "deaf"}
	startProcess(t, p, "sh", "-c", `trap "" TERM; while true; do sleep 0.1; done`)
	if err := p.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, running, err := p.running(); running || err != nil {
		t.Errorf("running = %v, %v; want false", running, err)
	}
}

func TestAProcessHasEndedWhenItsChildrenHave(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "parent"}
	startProcess(t, p, "sh", "-c", "sleep 1 &")
	err := p.await(t.Context(), 10*time.Second, func(context.Context) error {
		if pid, _, err := p.running(); err != nil || pid == 0 || syscall.Kill(pid, 0) == nil {
			return errors.Join(err, errors.New("the parent runs"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, running, err := p.running(); running || err != nil {
		t.Errorf("running = %v, %v; want false", running, err)
	}
}

func TestTheIDOfAnotherProcessIsNotMistaken(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "gone"}
	if err := os.WriteFile(p.file(), fmt.Appendln(nil, os.Getpid()), secretFilePermissions); err != nil {
		t.Fatal(err)
	}
	if _, running, err := p.running(); running || err != nil {
		t.Errorf("running = %v, %v; want false", running, err)
	}
	if err := p.stop(t.Context()); err != nil { // would end this test if it signalled
		t.Error(err)
	}
}

func TestAProcessThatEndsWhileAwaitedShowsItsLog(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "failing"}
	startProcess(t, p, "sh", "-c", "echo bad flag; exit 1")
	err := p.await(t.Context(), time.Minute, func(context.Context) error { return errors.New("no answer") })
	want := "failing ended\nlog " + p.log() + " ends:\nbad flag"
	if err == nil || err.Error() != want {
		t.Errorf("await = %v, want %s", err, want)
	}
}

func TestAProcessThatDoesNotAnswerIsReported(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "silent"}
	startProcess(t, p, "sleep", "60")
	err := p.await(t.Context(), 100*time.Millisecond, func(context.Context) error { return errors.New("no answer") })
	want := "silent is not ready after 100ms: no answer\nlog " + p.log() + " ends:\n"
	if err == nil || err.Error() != want {
		t.Errorf("await = %v, want %s", err, want)
	}
}

func TestAMissingProgramSaysToRunMake(t *testing.T) {
	t.Parallel()
	err := process{t.TempDir(), "missing"}.start(t.Context(), "no-such-program")
	want := `exec: "no-such-program": executable file not found in $PATH: run make build first, and use sandbox/pulumi, which sets PATH`
	if err == nil || err.Error() != want {
		t.Errorf("start = %v, want %s", err, want)
	}
}

func TestALockIsWaitedForUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/lock"
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("lock of a taken file = %v, want %v", err, context.DeadlineExceeded)
	}
	unlock()
	unlock, err = lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// startProcess starts a process that is killed when the test ends.
func startProcess(t *testing.T, p process, program string, arguments ...string) {
	t.Helper()
	if err := p.start(t.Context(), program, arguments...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := p.signal(context.WithoutCancel(t.Context()), syscall.SIGKILL, killGrace); err != nil {
			t.Error(err)
		}
	})
}

func TestAProgramOfAnOlderBuildIsStartedAgain(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		t.Skip("this system does not tell what a process runs")
	}
	p := process{t.TempDir(), "sleeper"}
	program := filepath.Join(p.directory, "sleeper")
	install := func() {
		t.Helper()
		sleep, err := exec.LookPath("sleep")
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(sleep)
		if err != nil {
			t.Fatal(err)
		}
		// No process may start while the file is open for writing: Linux would say
		// "text file busy" as long as that process has it.
		syscall.ForkLock.RLock()
		err = errors.Join(os.WriteFile(program+".new", content, 0o700), os.Rename(program+".new", program))
		syscall.ForkLock.RUnlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	start := func() int {
		t.Helper()
		startProcess(t, p, program, "60")
		var pid int
		err := p.await(t.Context(), 10*time.Second, func(context.Context) (err error) {
			if pid, _, err = p.running(); err == nil && (pid == 0 || isLaunching(pid)) {
				err = errors.New("is still the shell that starts it")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	install()
	first := start()
	if again := start(); again != first {
		t.Errorf("a program of the same build was started again")
	}
	install()
	if again := start(); again == first {
		t.Errorf("a program of an older build goes on")
	}
}
