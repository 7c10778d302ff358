package machinetype

// Agent is what GKE runs on every node of a cluster, one pod each.
type Agent struct {
	// Name is the name of the DaemonSet.
	Name string
	// MilliCPU and MemoryMiB are what the pod requests.
	MilliCPU, MemoryMiB int64
	// GPU says that it runs on nodes with accelerators only.
	GPU bool
}

// agents lists what runs on the nodes of a cluster as the program makes it: a Standard
// cluster with Dataplane V2 (anetd takes the place of kube-proxy), Workload Identity,
// logs and metrics, and NodeLocal DNSCache, which is on by default since 1.34.1
// (docs.cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache). What runs
// once in a cluster, such as kube-dns, is not among them: a new node has none of it.
//
// Google does not publish the requests. Those are here that clusters were seen with:
//   - a node of GKE 1.36.3 (October 2026, kubectl describe node of an n2-standard-4):
//     fluentbit-gke, gke-metadata-server, gke-metrics-agent, ip-masq-agent, netd,
//     node-local-dns, pdcsi-node;
//   - the CPUs of all DaemonSets of a cluster with Dataplane V2 (2025): anetd,
//     collector, dcgm-exporter;
//   - a node with an L4 of GKE 1.31.5: nvidia-gpu-device-plugin. Newer ones request 55m;
//   - collector's memory: github.com/GoogleCloudPlatform/prometheus-engine,
//     manifests/operator.yaml.
//
// The memory that anetd and dcgm-exporter request is not on record. An allowance stands
// in its place: 256 MiB for anetd, which requests 164 MiB in Google's clusters outside of
// its cloud, and 128 MiB for dcgm-exporter.
var agents = []Agent{
	{Name: "anetd", MilliCPU: 205, MemoryMiB: 256},
	{Name: "collector", MilliCPU: 5, MemoryMiB: 36},
	{Name: "fluentbit-gke", MilliCPU: 105, MemoryMiB: 230},
	{Name: "gcsfusecsi-node", MilliCPU: 10, MemoryMiB: 30},
	{Name: "gke-metadata-server", MilliCPU: 100, MemoryMiB: 100},
	{Name: "gke-metrics-agent", MilliCPU: 21, MemoryMiB: 145},
	{Name: "ip-masq-agent", MilliCPU: 10, MemoryMiB: 16},
	{Name: "netd", MilliCPU: 8, MemoryMiB: 65},
	{Name: "node-local-dns", MilliCPU: 30, MemoryMiB: 50},
	{Name: "pdcsi-node", MilliCPU: 10, MemoryMiB: 20},

	{Name: "dcgm-exporter", MilliCPU: 100, MemoryMiB: 128, GPU: true},
	{Name: "nvidia-gpu-device-plugin", MilliCPU: 150, MemoryMiB: 80, GPU: true},
}

// Agents are what GKE runs on a node, with accelerators or without.
func Agents(gpu bool) []Agent {
	var all []Agent
	for _, agent := range agents {
		if gpu || !agent.GPU {
			all = append(all, agent)
		}
	}
	return all
}
