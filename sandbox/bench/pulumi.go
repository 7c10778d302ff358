package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
	"go.yaml.in/yaml/v3"

	"ai-serving/sandbox/temporary"
)

// usage is what a command took.
type usage struct {
	Wall time.Duration
	// Total is the peak of the resident memory, in bytes, of the engine with
	// everything that it started: plugins, language host, program.
	Total uint64
	// Program is the peak of the Pulumi program's alone.
	Program uint64
}

// benchmark runs commands in a sandbox.
type benchmark struct{ sandbox temporary.Sandbox }

// emptyProject makes a project of the empty program, with a stack named empty,
// and returns its directory.
func (b benchmark) emptyProject(ctx context.Context) (string, error) {
	directory := filepath.Join(b.sandbox.Home, "empty")
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return "", err
	}
	project, err := yaml.Marshal(map[string]string{
		"name": "empty", "runtime": "go", "main": filepath.Join(b.sandbox.Root, "sandbox", "bench", "empty"),
	})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(directory, "Pulumi.yaml"), project, 0o644); err != nil {
		return "", err
	}
	_, err = b.sandbox.Pulumi(ctx, "stack", "init", "empty", "--cwd", directory)
	return directory, err
}

// pulumi runs a command and measures it.
func (b benchmark) pulumi(ctx context.Context, arguments ...string) (usage, error) {
	return b.run(ctx, nil, arguments...)
}

// run runs a command with more in its environment, and measures it.
func (b benchmark) run(ctx context.Context, environment []string, arguments ...string) (usage, error) {
	command := b.sandbox.PulumiCommand(ctx, arguments...)
	command.Env = append(command.Env, environment...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	start := time.Now()
	if err := command.Start(); err != nil {
		return usage{}, err
	}
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	used, err := watch(command.Process.Pid, done)
	if err != nil {
		return usage{}, fmt.Errorf("pulumi %s: %w\n%s", arguments[0], err, output.String())
	}
	used.Wall = time.Since(start)
	return used, nil
}

// interval is how often memory is looked at. A peak that is shorter is missed.
const interval = 50 * time.Millisecond

// watch follows the memory of a process and its descendants until it is done.
func watch(pid int, done <-chan error) (usage, error) {
	var peak usage
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			return peak, err
		case <-ticker.C:
			now, err := memory(pid)
			if err != nil {
				return peak, err
			}
			peak.Total, peak.Program = max(peak.Total, now.Total), max(peak.Program, now.Program)
		}
	}
}

// programs are the names of the processes that run a Pulumi program: the dev
// stack's and the empty one's.
var programs = map[string]bool{"ai-serving": true, "empty": true}

// memory adds up the resident memory of a process and its descendants. Pages
// that they share, of which Go programs have few, count for each.
func memory(root int) (usage, error) {
	processes, err := procfs.AllProcs()
	if err != nil {
		return usage{}, err
	}
	stats := map[int]procfs.ProcStat{}
	for _, process := range processes {
		if stat, err := process.Stat(); err == nil { // else it has ended
			stats[process.PID] = stat
		}
	}
	var sum usage
	for pid, stat := range stats {
		if !descends(stats, pid, root) {
			continue
		}
		resident := uint64(stat.ResidentMemory())
		sum.Total += resident
		if programs[stat.Comm] {
			sum.Program += resident
		}
	}
	return sum, nil
}

func descends(stats map[int]procfs.ProcStat, pid, root int) bool {
	for pid > 1 {
		if pid == root {
			return true
		}
		pid = stats[pid].PPID
	}
	return false
}
