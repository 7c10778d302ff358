package outages

import (
	"strings"
	"testing"
	"time"

	"ai-serving/sandbox/stacktest"
)

const (
	// loads is how long a server takes from the start of its container group to its first
	// answer: 300 s, with a second for each minute.
	loads = 5 * time.Second
	// looks is how often the pools are looked at.
	looks = 100 * time.Millisecond
)

// watch looks at the gateways' pools, and measures how long no member of one has loaded.
type watch struct {
	s      stacktest.Stack
	starts map[string]time.Time // of container groups, by id
	last   time.Time
	gaps   map[pool]time.Duration
}

// watching takes the groups that are there to have loaded.
func watching(s stacktest.Stack) *watch {
	s.T.Helper()
	w := &watch{s: s, starts: map[string]time.Time{}, last: time.Now()}
	for name := range placed(s).groups {
		w.starts[name] = time.Now().Add(-loads)
	}
	return w
}

func (w *watch) look() {
	w.s.T.Helper()
	p, now := placed(w.s), time.Now()
	loaded := map[string]bool{} // by address
	for name, group := range p.groups {
		if _, seen := w.starts[name]; !seen {
			w.starts[name] = now
		}
		if now.Sub(w.starts[name]) >= loads {
			loaded[group.address] = true
		}
	}
	for pool, members := range p.pools {
		serves := false
		for _, address := range members {
			serves = serves || loaded[address]
		}
		if !serves {
			w.gaps[pool] += now.Sub(w.last)
		}
	}
	w.last = now
}

// up deploys, and waits until all has loaded. It gives how long each pool had no member that
// serves.
func (w *watch) up() map[pool]time.Duration {
	w.s.T.Helper()
	w.gaps, w.last = map[pool]time.Duration{}, time.Now()
	done := make(chan error, 1)
	go func() {
		_, err := w.s.Try("up", "--yes", "--skip-preview")
		done <- err
	}()
	for waiting := true; waiting; {
		select {
		case err := <-done:
			if err != nil {
				w.s.T.Fatal(err)
			}
			waiting = false
		case <-time.After(looks):
			w.look()
		}
	}
	for end := time.Now().Add(loads + looks); time.Now().Before(end); time.Sleep(looks) {
		w.look()
	}
	return w.gaps
}

// TestAnImageChangesWithoutAGapByNext goes through "Change the image of container groups" of
// docs/operations.md, beside a change without it.
func TestAnImageChangesWithoutAGapByNext(t *testing.T) {
	t.Parallel()
	const containers = "paths: [/v1/chat/*]\n      azure:\n        containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}"
	s := stacktest.New(t, addressesFile)
	s.Up()
	w := watching(s)

	s.Edit("chat:1", "chat:2")
	plain := w.up()
	t.Logf("at once, the pools have no replica that serves for %v", plain)
	for pool := range placed(s).pools {
		if strings.HasSuffix(pool.workload, "chat") && plain[pool] < loads/2 {
			t.Errorf("%s serves while its groups load: the gap was %s", pool, plain[pool])
		}
	}

	undo := s.Edit(containers, strings.Replace(containers, "replicas: 2", `replicas: 2, next: {image: "registry.example.com/chat:3"}`, 1))
	for _, step := range []struct {
		what string
		edit func()
	}{
		{"the next groups start", func() {}},
		{"the first groups are replaced", func() { s.Edit("chat:2", "chat:3") }},
		{"the next groups go", func() { undo(); s.Edit("chat:2", "chat:3") }},
	} {
		step.edit()
		gaps := w.up()
		t.Logf("%s: %v", step.what, gaps)
		if len(gaps) > 0 {
			t.Errorf("%s: pools have no replica that serves for %v", step.what, gaps)
		}
	}
	s.Settled()
}
