package controlplane

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	processFileSuffix = ".process"

	// terminationGrace is what a program gets to end by itself when asked.
	terminationGrace = 10 * time.Second
	// killGrace is what the system gets to end a program that is killed.
	killGrace = 5 * time.Second

	processInterval = 50 * time.Millisecond
	// logTail is how much of a log an error quotes, in bytes.
	logTail = 2000
)

var errEnded = errors.New("ended")

// process is a program that outlives the command that started it.
//
// It inherits its process file, open and locked, and so holds the lock exactly
// as long as it lives. Whether it runs is asked of the lock, never of the
// process id in the file, which the system may have given to another program.
type process struct {
	directory string
	name      string
}

// launch writes its own id to the inherited file and becomes the program: there
// is no moment at which a program runs that nobody could find and stop.
const launch = `echo $$ >&3 && exec "$@"`

const shell = "/bin/sh"

// start runs the program with these arguments, unless it runs already: one of an
// older build is stopped first. Its output goes to its log. Only the holder of the cluster's lock may call it.
func (p process) start(ctx context.Context, program string, arguments ...string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		return missing(err)
	}
	pid, running, err := p.running()
	if running && isOutdated(pid, path) {
		running, err = false, p.stop(ctx)
	}
	if running || err != nil {
		return err
	}
	file, err := openLocked(ctx, p.file())
	if err != nil {
		return err
	}
	defer file.Close() // the program keeps it
	if err := file.Truncate(0); err != nil {
		return err
	}
	log, err := p.newLog()
	if err != nil {
		return err
	}
	defer log.Close() // the program keeps it

	command := exec.Command(shell, append([]string{"-c", launch, p.name, path}, arguments...)...)
	command.Dir = p.directory
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.directory}
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = []*os.File{file}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return err
	}
	go command.Wait() // reaps it if it ends before this process does
	return nil
}

// newLog makes a log for a start of the program. That of the start before is kept
// beside it.
func (p process) newLog() (*os.File, error) {
	if err := os.Rename(p.log(), p.log()+".old"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(p.log(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, secretFilePermissions)
}

// isOutdated says whether the process runs another file than the one that the
// program's name or path routes to. Where the system does not tell what a process
// runs, none is outdated.
func isOutdated(pid int, program string) bool {
	path, err := exec.LookPath(program)
	if err != nil {
		return false
	}
	present, err := os.Stat(path)
	if err != nil {
		return false
	}
	running, err := os.Stat(executableOf(pid))
	return err == nil && !os.SameFile(present, running) && !isLaunching(pid)
}

// isLaunching says whether the process is still the shell that becomes the program.
func isLaunching(pid int) bool {
	launcher, err := os.Stat(shell)
	if err != nil {
		return false
	}
	running, err := os.Stat(executableOf(pid))
	return err == nil && os.SameFile(launcher, running)
}

// executableOf is a path of the file that the process runs, even if it has none
// any more.
func executableOf(pid int) string { return fmt.Sprintf("/proc/%d/exe", pid) }

// running says whether the program runs, and its process id, which is 0 for the
// instant before it has written it.
func (p process) running() (pid int, running bool, err error) {
	file, err := os.Open(p.file())
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	defer file.Close() // read only
	free, err := tryLock(file, syscall.LOCK_SH)
	if free || err != nil {
		return 0, false, err
	}
	_, err = fmt.Fscan(file, &pid)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return pid, true, err
}

// stop asks the program to end, and kills it if it does not.
func (p process) stop(ctx context.Context) error {
	if ended, err := p.signal(ctx, syscall.SIGTERM, terminationGrace); ended || err != nil {
		return err
	}
	ended, err := p.signal(ctx, syscall.SIGKILL, killGrace)
	if !ended && err == nil {
		return fmt.Errorf("%s does not end", p.name)
	}
	return err
}

// signal sends a signal to the program and says whether it ended in time. The
// program has ended when nothing that it started holds its lock any more.
func (p process) signal(ctx context.Context, signal syscall.Signal, timeout time.Duration) (bool, error) {
	sent := false
	err := wait.PollUntilContextTimeout(ctx, processInterval, timeout, true, func(context.Context) (bool, error) {
		pid, running, err := p.running()
		if !running || err != nil || sent || pid == 0 {
			return !running, err
		}
		sent = true
		for _, s := range []syscall.Signal{signal, syscall.SIGCONT} { // it may be frozen
			if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) { // it may have ended
				return false, err
			}
		}
		return false, nil
	})
	switch {
	case err == nil:
		return true, nil
	case wait.Interrupted(err):
		return false, ctx.Err()
	}
	return false, fmt.Errorf("stop %s: %w", p.name, err)
}

// await waits until ready returns no error. It fails when the program ends or
// ready still returns an error after the timeout, with that error, the end of
// the log and its path.
func (p process) await(ctx context.Context, timeout time.Duration, ready func(context.Context) error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, processInterval, timeout, true, func(ctx context.Context) (bool, error) {
		if last = ready(ctx); last == nil {
			return true, nil
		}
		_, running, err := p.running()
		if err == nil && !running {
			err = errEnded
		}
		return false, err
	})
	if err == nil {
		return nil
	}
	if wait.Interrupted(err) {
		err = fmt.Errorf("is not ready after %s: %w", timeout, last)
	}
	return p.failure(err)
}

// failure adds to an error which program it is about, what is known of the cause,
// and the end of its log.
func (p process) failure(err error) error {
	log, readError := os.ReadFile(p.log())
	free, diskError := freeSpace(p.directory)
	if err := errors.Join(readError, diskError); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	tail := bytes.TrimSpace(log[max(0, len(log)-logTail):])
	return fmt.Errorf("%s %w%s\nlog %s ends:\n%s", p.name, err, cause(string(log), p.directory, free), p.log(), tail)
}

// missing is the error for a program that is not on PATH.
func missing(err error) error {
	return fmt.Errorf("%w: run make build first, and use sandbox/pulumi, which sets PATH", err)
}

func (p process) file() string { return filepath.Join(p.directory, p.name+processFileSuffix) }
func (p process) log() string  { return filepath.Join(p.directory, p.name+".log") }

// stopAll stops all these processes at the same time.
func stopAll(ctx context.Context, processes ...process) error {
	var group errgroup.Group
	for _, p := range processes {
		group.Go(func() error { return p.stop(ctx) })
	}
	return group.Wait()
}
