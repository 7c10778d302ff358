package outages

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/stacktest"
	"ai-serving/sandbox/store"
)

const (
	// moves is how many groups Azure moves to another host in each pass.
	moves = 100
	// between is how many it moves between two runs of the repair job.
	between = 25
)

// addressesFile is a stack with nearly nothing but container groups.
var addressesFile = filepath.Join("sandbox", "outages", "testdata", "addresses.yaml")

// Azure restarts container groups on other hosts, and gives their addresses to
// others. Each pool of the gateways has one request after each restart, which goes
// to its members in equal parts. A member at whose address no replica listens is
// left out, for its probe fails.
func TestContainerGroupsThatMove(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, addressesFile)
	s.Up()
	order := rand.New(rand.NewPCG(1, 2))

	t.Logf("%d restarts in each pass", moves)
	t.Logf("%-46s %8s %8s %8s %8s", "requests answered by", answers[0], answers[1], answers[2], answers[3])
	var longest time.Duration
	for _, reuse := range []azure.Reuse{azure.LastFreed, azure.FirstFreed} {
		for name, every := range map[string]int{"without the repair job": moves, fmt.Sprintf("with it, every %d restarts", between): between} {
			answered, took := pass(s, order, reuse, every)
			longest = max(longest, took, repair(s))
			t.Logf("%-46s %s", fmt.Sprintf("%s, %s", reuse, name), answered)
			if answered.of[another] > 0 {
				t.Errorf("%s, %s: another tenant's replica answers %.1f of %d requests", reuse, name, answered.of[another], answered.requests)
			}
		}
	}
	t.Logf("the repair job took %s at most", longest)

	t.Run("the repair job leaves the groups' addresses in the pools, and no others", func(t *testing.T) {
		now := placed(s)
		if diff := cmp.Diff(now.addresses(), now.pools); diff != "" {
			t.Errorf("pools (-groups' addresses +gateways' members)\n%s", diff)
		}
	})
	t.Run("the repair job leaves nothing to do", func(t *testing.T) { s.Settled() })
}

// Whoever runs the repair job may have a stack file that is ahead of the stack. The
// job does not even begin then, except that it brings a gateway what is asked of it
// alone.
func TestTheRepairJobMakesAndDeletesNothing(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, addressesFile)
	s.Edit(umbrella, second)
	s.Up()
	before, group := ids(s), placed(s).names()[0]
	for name, test := range map[string]struct {
		old, with string
		accepted  bool
	}{
		"an image that replaces groups": {old: "chat:1", with: "chat:2"},
		"more replicas":                 {old: "replicas: 2", with: "replicas: 3"},
		"a tenant that comes":           {old: second, with: second + strings.Replace(umbrella, "umbrella", "hooli", 1)},
		"a tenant that goes":            {old: initech},
		"a gateway that goes":           {old: second}, // with its tenant: this is what damages the state
		"a cookie of the gateway's own": {old: "paths: [/v1/chat/*]", with: "paths: [/v1/chat/*]\n      affinity: true", accepted: true},
	} {
		t.Run(name, func(t *testing.T) {
			defer s.Edit(test.old, test.with)()
			restart(s, group, azure.LastFreed)
			_, err := s.RepairAddresses()
			if test.accepted != (err == nil) || err != nil && !strings.Contains(err.Error(), "nothing was repaired: the stack file asks for this") {
				t.Errorf("the repair job: %v, want it accepted: %v", err, test.accepted)
			}
			if diff := cmp.Diff(before, ids(s)); diff != "" {
				t.Errorf("what the clouds hold (-before +after)\n%s", diff)
			}
		})
	}
	t.Log("with the stack's own file, it repairs what it was refused, and what a job has left that was cut off")
	s.Pulumi("refresh", "--yes", "--skip-preview", "--target", "**azure-native:containerinstance:ContainerGroup::**")
	repair(s)
	now := placed(s)
	if diff := cmp.Diff(now.addresses(), now.pools); diff != "" {
		t.Errorf("pools (-groups' addresses +gateways' members)\n%s", diff)
	}
	s.Settled()
}

// The lines of tenants in the stack file: umbrella's as it is, and with a gateway of
// its own; and another's.
const (
	umbrella = "    umbrella: {models: [chat, embed], regions: [azure], isolation: bridge}\n"
	second   = "    umbrella: {gateway: 2, models: [chat, embed], regions: [azure], isolation: bridge}\n"
	initech  = "    initech: {models: [chat, embed], regions: [azure], isolation: bridge}\n"
)

// pass moves groups, one at a time, in an order of chance, and sends the pools
// requests after each move. It runs the repair job after every so many moves, and
// says how long that took at most.
func pass(s stacktest.Stack, order *rand.Rand, reuse azure.Reuse, every int) (all shares, longest time.Duration) {
	s.T.Helper()
	groups := placed(s).names()
	for move := range moves {
		if move > 0 && move%every == 0 {
			longest = max(longest, repair(s))
		}
		restart(s, groups[order.IntN(len(groups))], reuse)
		placed(s).send(&all)
	}
	return all, longest
}

// restart moves a group to another host.
func restart(s stacktest.Stack, group string, reuse azure.Reuse) {
	s.T.Helper()
	if _, err := azure.RestartGroup(s.Sandbox.Home, group, reuse); err != nil { // as sandbox restart-group does, sooner
		s.T.Fatal(err)
	}
}

// repair runs the repair job, and says how long it took.
func repair(s stacktest.Stack) time.Duration {
	s.T.Helper()
	begin := time.Now()
	if _, err := s.RepairAddresses(); err != nil {
		s.T.Fatal(err)
	}
	return time.Since(begin).Round(100 * time.Millisecond)
}

// answer is who answers a request.
type answer int

const (
	right answer = iota // a replica of the workload
	owner               // a replica of another workload of the same tenant, or of the pool
	another
	none
)

// answers are the columns of the table.
var answers = [...]string{"right", "owner's", "other's", "none"}

// shares are how many requests there were, and how many of them each has answered.
type shares struct {
	requests int
	of       [len(answers)]float64
}

// String has the shares in percent.
func (s shares) String() string {
	var columns []string
	for _, share := range s.of {
		columns = append(columns, fmt.Sprintf("%7.1f%%", 100*share/float64(max(s.requests, 1))))
	}
	return strings.Join(columns, " ")
}

// group is a container group of the sandbox's Azure.
type group struct {
	address, region string
	// workload is the key of what it runs, and tenant whose it is: empty for the pool.
	workload, tenant string
	ports            []int
}

// ids returns the ids of all resources in the sandbox's clouds.
func ids(s stacktest.Stack) []string {
	s.T.Helper()
	stored, err := store.All(s.Sandbox.Home)
	if err != nil {
		s.T.Fatal(err)
	}
	var all []string
	for _, one := range stored {
		all = append(all, one.ID)
	}
	return all
}

// pool names a backend pool: that of a workload in a gateway.
type pool struct{ gateway, workload string }

// String is "<gateway>/<workload>".
func (p pool) String() string { return p.gateway + "/" + p.workload }

// placement is where Azure has the groups, and where the gateways send requests.
type placement struct {
	groups  map[string]group  // by id
	regions map[string]string // of the gateways
	pools   map[pool][]string // with members
	ports   map[pool]int
}

// send sends each pool a request.
func (p placement) send(to *shares) {
	for pool, members := range p.pools {
		to.requests++
		var healthy []answer
		for _, address := range members {
			if a := p.answer(pool, address); a != none {
				healthy = append(healthy, a)
			}
		}
		for _, a := range healthy {
			to.of[a] += 1 / float64(len(healthy))
		}
		if len(healthy) == 0 {
			to.of[none]++
		}
	}
}

// answer is who answers at an address that a pool has.
func (p placement) answer(to pool, address string) answer {
	for _, holder := range p.groups {
		switch {
		case holder.address != address || !slices.Contains(holder.ports, p.ports[to]):
		case holder.workload == to.workload:
			return right
		case holder.tenant == p.tenant(to.workload):
			return owner
		default:
			return another
		}
	}
	return none
}

// tenant is whose a workload is.
func (p placement) tenant(workload string) string {
	for _, g := range p.groups {
		if g.workload == workload {
			return g.tenant
		}
	}
	return ""
}

// names returns the ids of the container groups, sorted.
func (p placement) names() []string { return slices.Sorted(maps.Keys(p.groups)) }

// addresses returns the addresses of the container groups, by the pools of their regions'
// gateways that are to have them.
func (p placement) addresses() map[pool][]string {
	all := map[pool][]string{}
	for _, g := range p.groups {
		gateways := p.routing(g)
		if len(gateways) == 0 {
			gateways = []pool{{"no gateway", g.workload}}
		}
		for _, to := range gateways {
			all[to] = append(all[to], g.address)
		}
	}
	for _, addresses := range all {
		slices.Sort(addresses)
	}
	return all
}

// routing returns the pools that route to a group.
func (p placement) routing(to group) []pool {
	var pools []pool
	for candidate := range p.pools {
		if candidate.workload == to.workload && p.regions[candidate.gateway] == to.region {
			pools = append(pools, candidate)
		}
	}
	return pools
}

// document is what the test reads of a container group or of a gateway.
type document struct {
	Name       string
	Location   string
	Tags       map[string]string
	Properties struct {
		IPAddress struct {
			IP    string
			Ports []struct{ Port int }
		}
		BackendAddressPools []struct {
			Name       string
			Properties struct {
				BackendAddresses []struct{ IPAddress string }
			}
		}
		BackendHTTPSettingsCollection []struct {
			Name       string
			Properties struct{ Port int }
		}
	}
}

// placed reads the sandbox's store. Only pools that have members are there.
func placed(s stacktest.Stack) placement {
	s.T.Helper()
	stored, err := store.All(s.Sandbox.Home)
	if err != nil {
		s.T.Fatal(err)
	}
	p := placement{groups: map[string]group{}, regions: map[string]string{}, pools: map[pool][]string{}, ports: map[pool]int{}}
	for _, one := range stored {
		kind, err := one.Type()
		if err != nil {
			s.T.Fatal(err)
		}
		switch kind {
		case "Microsoft.ContainerInstance/containerGroups":
			p.groups[one.ID] = read(s, one).group()
		case "Microsoft.Network/applicationGateways":
			read(s, one).addTo(p)
		}
	}
	return p
}

func read(s stacktest.Stack, stored store.Document) document {
	s.T.Helper()
	var d document
	s.Decode(string(stored.Body), &d)
	return d
}

func (d document) group() group {
	g := group{address: d.Properties.IPAddress.IP, region: d.Location, tenant: d.Tags["tenant"], workload: d.Tags["model"]}
	if g.tenant != "" {
		g.workload = g.tenant + "-" + g.workload
	}
	for _, port := range d.Properties.IPAddress.Ports {
		g.ports = append(g.ports, port.Port)
	}
	return g
}

// addTo adds a gateway's pools.
func (d document) addTo(to placement) {
	to.regions[d.Name] = d.Location
	for _, backends := range d.Properties.BackendAddressPools {
		key := pool{d.Name, backends.Name}
		for _, member := range backends.Properties.BackendAddresses {
			to.pools[key] = append(to.pools[key], member.IPAddress)
		}
		slices.Sort(to.pools[key])
	}
	for _, settings := range d.Properties.BackendHTTPSettingsCollection {
		to.ports[pool{d.Name, settings.Name}] = settings.Properties.Port
	}
}
