package crash

import (
	"sync"
	"testing"

	"ai-serving/sandbox/stacktest"
)

// counter counts how often each victim was killed.
type counter struct {
	mutex sync.Mutex
	kills map[string]map[string]int // by victim and command
}

func (c *counter) add(command string, victim stacktest.Victim) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.kills[victim.Name] == nil {
		c.kills[victim.Name] = map[string]int{}
	}
	c.kills[victim.Name][command]++
}

// total is how often a victim was killed.
func (c *counter) total(victim stacktest.Victim) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	total := 0
	for _, count := range c.kills[victim.Name] {
		total += count
	}
	return total
}

// least is how often the one of the victims was killed that was killed least often.
func (c *counter) least(victims []stacktest.Victim) int {
	least := c.total(victims[0])
	for _, victim := range victims {
		least = min(least, c.total(victim))
	}
	return least
}

// report prints the counts, and holds them to what the suite is to do.
func (c *counter) report(t *testing.T) {
	t.Helper()
	victims := append([]stacktest.Victim{stacktest.Engine, stacktest.Plugin(clouds[0]), stacktest.Plugin(clouds[1])}, clusterVictims...)
	for _, victim := range victims {
		for _, command := range []string{"up", "destroy"} {
			t.Logf("%-20s killed %2d times during %s", victim.Name, c.kills[victim.Name][command], command)
		}
		if total := c.total(victim); total < otherKills {
			t.Errorf("%s was killed %d times, want %d", victim.Name, total, otherKills)
		}
	}
	for command, count := range c.kills[stacktest.Engine.Name] {
		if count < engineKills {
			t.Errorf("the engine was killed %d times during %s, want %d", count, command, engineKills)
		}
	}
}
