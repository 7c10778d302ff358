package topology

import (
	"cmp"
	"slices"

	"ai-serving/internal/config"
)

// Reader is an identity of pods that reads a bucket. The pods of a workload have the same
// one in all clusters of a project.
type Reader struct {
	// Namespace and Account are the service account's.
	Namespace, Account string
	Bucket             string
}

// Readers are the identities of the pods that read weights, each once, sorted.
func (g GCP) Readers() []Reader {
	var all []Reader
	for _, region := range g.Regions {
		for _, d := range region.deployments() {
			if d.Server.Weights != "" {
				bucket, _ := d.Server.Bucket()
				all = append(all, Reader{d.Namespace, d.Workload.Key, bucket})
			}
		}
	}
	slices.SortFunc(all, func(a, b Reader) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Account, b.Account))
	})
	return slices.Compact(all)
}

// ByMetric says whether the deployment scales by a metric of its server's own.
func (d Deployment) ByMetric() bool { return d.Scaling.Metric != config.CPU }

// ByMetric says whether a deployment of the cluster scales by a metric of its server's own.
func (c *Cluster) ByMetric() bool {
	return c != nil && slices.ContainsFunc(c.Deployments, Deployment.ByMetric)
}

// ByMetric says whether a deployment of any region does.
func (g GCP) ByMetric() bool {
	return slices.ContainsFunc(g.Regions, func(region GCPRegion) bool { return region.Cluster.ByMetric() })
}
