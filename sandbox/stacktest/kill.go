package stacktest

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

const (
	// giveUp is how long a command may take to come to where something is to be
	// killed, and to end afterwards.
	giveUp = 4 * time.Minute
	// outlive is how long a process may outlive its engine: one that serves what is
	// under way, which it finishes; and the language host, which has nothing to do.
	outlive             = 2 * time.Minute
	outliveLanguageHost = 15 * time.Second
)

// parallel lets the engine begin everything that can be begun: what hangs must
// not keep it from what comes next.
const parallel = "--parallel=1000"

// languageHost begins the names of the programs that run the stack's program.
const languageHost = "pulumi-language-go"

// Victim is a process that is killed while a command runs.
type Victim struct {
	Name string
	// find gives the process, of those that the engine has started or of the
	// cluster's.
	find func(s Stack, engine run) int
}

// Engine is the engine itself.
var Engine = Victim{"engine", func(_ Stack, engine run) int { return engine.command.Process.Pid }}

// Plugin is the provider plugin of a package.
func Plugin(name string) Victim {
	return Victim{name + " plugin", func(s Stack, engine run) int { return engine.child("pulumi-resource-" + name) }}
}

// Program is a program of the stack's only cluster.
func Program(name string) Victim {
	return Victim{name, func(s Stack, _ run) int { return s.Process(name) }}
}

// Process is that of a program of the stack's only cluster.
func (s Stack) Process(program string) int {
	s.T.Helper()
	cluster, _ := s.Cluster()
	running, err := cluster.Running()
	if err != nil {
		s.T.Fatal(err)
	}
	for _, process := range running {
		if process.Name == program {
			return process.PID
		}
	}
	s.T.Fatalf("%s does not run", program)
	return 0
}

// Kill runs a pulumi command until something has happened, and then kills the
// victims, which have no time to do anything about it. What hangs loses its
// connection. Kill returns when the command, which must have failed, and all that
// it has started have ended by themselves.
func (s Stack) Kill(victims []Victim, happened func() bool, arguments ...string) {
	s.T.Helper()
	engine := s.start(arguments...)
	engine.await(happened)
	engine.find()
	for _, victim := range victims {
		engine.kill(victim)
	}
	s.Faults()
	engine.fail()
	engine.bury()
}

// KillAndRecover runs a pulumi command until something has happened, kills the
// engine, and recovers the stack at once, while what the engine has started still
// finishes what was under way.
func (s Stack) KillAndRecover(happened func() bool, arguments ...string) {
	s.T.Helper()
	engine := s.start(arguments...)
	engine.await(happened)
	engine.find()
	engine.kill(Engine)
	engine.fail()
	s.Recover()
	engine.bury()
}

// run is a pulumi command that runs.
type run struct {
	Stack
	command *exec.Cmd
	output  *bytes.Buffer
	ended   chan error
	// processes are those that the engine has started, and those that they have, but
	// for a cluster's programs, which are to live on.
	processes *[]process
}

type process struct {
	procfs.Proc
	name  string
	start uint64 // when it was, by which another process of its id is told from it
}

// start starts a pulumi command that hangs somewhere.
func (s Stack) start(arguments ...string) run {
	s.T.Helper()
	r := run{s, s.Sandbox.PulumiCommand(s.T.Context(), append(arguments, parallel, "--stack", name)...), &bytes.Buffer{}, make(chan error, 1), &[]process{}}
	r.command.Stdout, r.command.Stderr = r.output, r.output
	if err := r.command.Start(); err != nil {
		s.T.Fatal(err)
	}
	go func() { r.ended <- r.command.Wait() }()
	return r
}

// await waits until something has happened while the command runs.
func (r run) await(happened func() bool) {
	r.T.Helper()
	for begin := time.Now(); !happened(); time.Sleep(poll) {
		select {
		case err := <-r.ended:
			r.T.Fatalf("%v ended before it came to where something is to be killed: %v\n%s", r.command.Args, err, r.output.String())
		default:
		}
		if time.Since(begin) > giveUp {
			_ = r.command.Process.Kill() // the test fails anyway
			r.T.Fatalf("%v did not come to where something is to be killed\n%s", r.command.Args, r.output.String())
		}
	}
}

// find notes the processes that the engine has started.
func (r run) find() {
	r.T.Helper()
	all, err := procfs.AllProcs()
	if err != nil {
		r.T.Fatal(err)
	}
	stats := map[int]procfs.ProcStat{}
	for _, p := range all {
		if stat, err := p.Stat(); err == nil { // else it has ended
			stats[p.PID] = stat
		}
	}
	engine := r.command.Process.Pid
	isStarted := func(pid int) bool {
		for stat := stats[pid]; stat.PPID > 0; stat = stats[stat.PPID] {
			if stat.PPID == engine {
				return stats[pid].Session == stats[engine].Session
			}
		}
		return false
	}
	for _, p := range all {
		if path, err := p.Executable(); err == nil && isStarted(p.PID) {
			*r.processes = append(*r.processes, process{p, filepath.Base(path), stats[p.PID].Starttime})
		}
	}
}

// child is the process that runs a program.
func (r run) child(program string) int {
	r.T.Helper()
	i := slices.IndexFunc(*r.processes, func(p process) bool { return p.name == program })
	if i < 0 {
		r.T.Fatalf("the engine runs no %s", program)
	}
	return (*r.processes)[i].PID
}

func (r run) kill(victim Victim) {
	r.T.Helper()
	if err := syscall.Kill(victim.find(r.Stack, r), syscall.SIGKILL); err != nil {
		r.T.Fatalf("kill %s: %v", victim.Name, err)
	}
}

// fail waits for the end of the command, which has lost something.
func (r run) fail() {
	r.T.Helper()
	select {
	case err := <-r.ended:
		if err == nil {
			r.T.Errorf("%v succeeded\n%s", r.command.Args, r.output.String())
		}
	case <-time.After(giveUp):
		_ = r.command.Process.Kill() // the test fails anyway
		r.T.Fatalf("%v did not end\n%s", r.command.Args, r.output.String())
	}
}

// bury waits for what the engine has started to end by itself.
func (r run) bury() {
	r.T.Helper()
	begin := time.Now()
	for _, p := range *r.processes {
		limit := outlive
		if len(p.name) >= len(languageHost) && p.name[:len(languageHost)] == languageHost {
			limit = outliveLanguageHost
		}
		for ; p.runs(); time.Sleep(poll) {
			if time.Since(begin) > limit {
				r.T.Fatalf("process %d, %s, has outlived its engine by %s", p.PID, p.name, time.Since(begin))
			}
		}
	}
}

// runs reports whether the process still does: it may wait to be noticed.
func (p process) runs() bool {
	stat, err := p.Stat()
	return err == nil && stat.Starttime == p.start && stat.State != "Z"
}
