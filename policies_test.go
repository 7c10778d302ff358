package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	networkingv1 "k8s.io/api/networking/v1"
	k8sruntime "k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/reach"
	"ai-serving/internal/topology"
)

// policed is a cluster of a stack.
type policed struct {
	file   config.File
	region topology.GCPRegion
	// objects are those of the program that decide about connections.
	objects []k8sruntime.Object
}

// concern is one thing that the policies have to see to: for each pair of peers that it
// is about, what connections there are from the one to the other.
type concern struct {
	about func(from, to reach.Peer) bool
	// want is what a workload's oracle says.
	want func(p policed, from, to reach.Peer) []string
}

// The concerns, by which the tests and the table of broken policies name them.
var (
	neighbours = concern{
		about: func(from, to reach.Peer) bool { return isOurs(from) && isOurs(to) },
		want:  func(_ policed, from, to reach.Peer) []string { return between(from, to) },
	}
	arrivals = concern{
		about: func(from, to reach.Peer) bool { return !isOurs(from) && !isCollector(from) && isServer(to) },
		want:  func(p policed, from, to reach.Peer) []string { return p.into(p.deployment(to), from) },
	}
	departures = concern{
		about: func(from, to reach.Peer) bool { return isServer(from) && !isOurs(to) },
		want:  func(p policed, from, to reach.Peer) []string { return outOf(p.deployment(from), to) },
	}
	collections = concern{
		about: func(from, to reach.Peer) bool { return isCollector(from) && isServer(to) },
		want:  func(p policed, _, to reach.Peer) []string { return collected(p.deployment(to)) },
	}
	adaptations = concern{
		about: func(from, to reach.Peer) bool {
			return isAdapter(from) && !isOurs(to) || isAdapter(to) && !isOurs(from)
		},
		want: func(p policed, from, to reach.Peer) []string {
			if isAdapter(from) {
				return p.ofAdapter(to)
			}
			return p.toAdapter(from)
		},
	}
)

func TestPodsReachThoseOfTheirNamespaceAndOfNoOtherOfTheProgram(t *testing.T) {
	t.Parallel()
	neighbours.holds(t)
}

func TestLoadBalancersReachPodsOnTheServedPortAndNothingElseReachesThem(t *testing.T) {
	t.Parallel()
	arrivals.holds(t)
}

func TestPodsReachNameServersTheMetadataServerHTTPSOnTheInternetAndTheModelsEgressAlone(t *testing.T) {
	t.Parallel()
	departures.holds(t)
}

func TestCollectorsReachMetricsPortsAndNothingElse(t *testing.T) {
	t.Parallel()
	collections.holds(t)
}

func TestTheAdapterOfMetricsReachesTheControlPlaneAndIsReachedFromThereAndKubeSystemAlone(t *testing.T) {
	t.Parallel()
	adaptations.holds(t)
}

// holds reports where the policies of generated stacks do not see to a concern.
func (c concern) holds(t *testing.T) {
	t.Helper()
	clusters, err := policedClusters()
	if err != nil {
		t.Fatal(err)
	}
	var mutex sync.Mutex
	errs := sideBySide(len(clusters), func(i int) error {
		faults, err := c.faults(clusters[i])
		mutex.Lock()
		defer mutex.Unlock()
		if report(t, faults); len(faults) > 0 {
			t.Errorf("%s", rendered(clusters[i].file))
		}
		return err
	})
	if errs != nil {
		t.Error(errs)
	}
}

// faults are where a cluster's policies let through more, or less, than they should.
func (c concern) faults(p policed) ([]string, error) {
	cluster, err := reach.New(slices.Concat(p.objects, others()), p.boundaries())
	if err != nil {
		return nil, fmt.Errorf("cluster of %s: %w", p.region.Name, err)
	}
	faults := p.strangers(cluster)
	peers := slices.Concat(cluster.Workloads, cluster.Ranges)
	for _, from := range peers {
		for _, to := range peers {
			if from == to || !c.about(from, to) {
				continue
			}
			got, err := cluster.Connections(from, to)
			if err != nil {
				return nil, err
			}
			if want := c.want(p, from, to); !slices.Equal(got, want) {
				faults = append(faults, fmt.Sprintf("%s: from %s to %s: %q, want %q", p.region.Name, from, to, got, want))
			}
		}
	}
	return faults, nil
}

// adapter is the workload that answers autoscalers.
const adapter = "custom-metrics/custom-metrics-stackdriver-adapter"

// strangers are where the cluster's workloads are not those of the topology.
func (p policed) strangers(cluster *reach.Cluster) []string {
	var got, want, faults []string
	for _, workload := range cluster.Workloads {
		if isOurs(workload) {
			got = append(got, workload.String())
		}
	}
	for _, d := range p.region.Cluster.Deployments {
		want = append(want, d.Namespace+"/"+d.Workload.Key)
	}
	if p.region.Cluster.ByMetric() {
		want = append(want, adapter)
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		faults = append(faults, fmt.Sprintf("%s: the workloads are %q, want %q", p.region.Name, got, want))
	}
	return faults
}

// deployment is what the topology says of a workload.
func (p policed) deployment(workload reach.Peer) topology.Deployment {
	all := p.region.Cluster.Deployments
	return all[slices.IndexFunc(all, func(d topology.Deployment) bool {
		return d.Namespace == workload.Namespace && d.Workload.Key == workload.Name
	})]
}

// policedStacks is how many generated stacks with a cluster are looked at.
const policedStacks = 200

// policedClusters are the clusters of generated stacks, made once for all tests. Some
// stacks have none, or are beyond a limit: others are drawn in their place.
var policedClusters = sync.OnceValues(func() ([]policed, error) {
	var found []policed
	for stacks, drawn := 0, 0; stacks < policedStacks; {
		batch := make([][]policed, policedStacks-stacks)
		err := sideBySide(len(batch), func(i int) (err error) {
			batch[i], err = policedOf(exampleFile(drawn + i))
			return err
		})
		if drawn += len(batch); err != nil {
			return nil, err
		}
		if drawn > 2*policedStacks {
			return nil, fmt.Errorf("of %d generated stacks, %d have a cluster", drawn, stacks)
		}
		for _, clusters := range batch {
			if len(clusters) > 0 {
				stacks++
			}
			found = append(found, clusters...)
		}
	}
	return found, nil
})

// exampleFile is a stack file by its number, half of them with TLS.
func exampleFile(number int) config.File {
	tls := []config.TLS{config.TLSCertificates, config.TLSNone}[number%2]
	return rapid.Custom(func(t *rapid.T) config.File { return stackFile(t, tls) }).Example(number)
}

// policedOf deploys Google's side of a stack file under the recorder and reads its
// clusters; a stack that is beyond a limit has none.
func policedOf(file config.File) ([]policed, error) {
	settings, err := config.Load(file)
	if err == nil {
		var plan topology.Topology
		if plan, err = topology.Resolve(file.Project, file.Stack, settings); err == nil {
			return policedPlan(file, plan)
		}
	}
	if beyondLimits(err) {
		return nil, nil
	}
	return nil, fmt.Errorf("%w\n%s", err, rendered(file))
}

func policedPlan(file config.File, plan topology.Topology) ([]policed, error) {
	recording, err := testkit.Run(testkit.Program{Project: file.Project, Stack: file.Stack, Config: file.Values, Secrets: file.SecretKeys},
		func(ctx *pulumi.Context) error {
			_, err := deployGoogle(ctx, plan, readSecrets(ctx, plan.Secrets))
			return err
		})
	if err != nil {
		return nil, err
	}
	objects, err := reach.Objects(recording)
	if err != nil {
		return nil, err
	}
	providers := providersOf(recording)
	var clusters []policed
	for _, region := range plan.GCP.Regions {
		if region.Cluster != nil && len(region.Cluster.Deployments) > 0 {
			clusters = append(clusters, policed{file, region, objects[providers[region.Name]]})
		}
	}
	return clusters, nil
}

// providersOf are the providers of the clusters' objects, by region.
func providersOf(recording *testkit.Recording) map[string]resource.URN {
	regions := map[string]string{} // by the names of clusters
	for _, cluster := range recording.OfType("gcp:container/cluster:Cluster") {
		regions[cluster.Outputs["name"].StringValue()] = input(cluster, "location")
	}
	providers := map[string]resource.URN{}
	for _, provider := range recording.OfType("pulumi:providers:kubernetes") {
		providers[regions[input(provider, "clusterIdentifier")]] = provider.URN
	}
	return providers
}

// sideBySide calls f for 0 to n-1, as many at once as there are processors, and joins
// the errors.
func sideBySide(n int, f func(i int) error) error {
	errs := make([]error, n)
	next := make(chan int)
	var running sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for i := range next {
				errs[i] = f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	running.Wait()
	return errors.Join(errs...)
}

// broken is a cluster whose policies were changed.
func (p policed) broken(change func(policy *networkingv1.NetworkPolicy) bool) policed {
	var objects []k8sruntime.Object
	for _, object := range p.objects {
		policy, ok := object.DeepCopyObject().(*networkingv1.NetworkPolicy)
		switch {
		case !ok:
			objects = append(objects, object)
		case change(policy):
			objects = append(objects, policy)
		}
	}
	return policed{p.file, p.region, objects}
}
