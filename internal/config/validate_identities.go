package config

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateProjectNumber asks for the project's number where pods act as themselves:
// their identities have it in their names, and the project's id does not tell it.
// Source: docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity.
func (c Config) validateProjectNumber(path *field.Path) field.ErrorList {
	if c.GCP.ProjectNumber != "" {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		gcp := c.Models[id].GCP
		if gcp == nil || gcp.Kubernetes == nil {
			continue
		}
		why := ""
		switch {
		case c.Models[id].Server.On(gcp.Kubernetes.Server).Weights != "":
			why = "reads its weights from a bucket"
		case gcp.Kubernetes.Scaling != nil && gcp.Kubernetes.Scaling.isGauge():
			why = "scales by " + gcp.Kubernetes.Scaling.Metric
		default:
			continue
		}
		return field.ErrorList{field.Required(path, fmt.Sprintf("model %q on Kubernetes %s, as an identity with the project's number in its name: run: gcloud projects describe %s --format=\"value(projectNumber)\"", id, why, c.GCP.Project))}
	}
	return nil
}
