package gke

import (
	"encoding/json"
	"fmt"
)

// kubeconfig renders what a client needs to reach a cluster, as JSON, which is
// YAML too. The certificate is the cluster's authority, in base64.
//
// It holds no credential: gke-gcloud-auth-plugin, which has to be on the PATH,
// hands out a token of whoever runs the client. It took the place of the
// auth-provider section, which Kubernetes 1.26 removed.
func kubeconfig(cluster, endpoint, certificate string) (string, error) {
	text, err := json.Marshal(config{
		APIVersion:     "v1",
		Kind:           "Config",
		CurrentContext: cluster,
		Contexts:       []namedContext{{cluster, context{cluster, cluster}}},
		Clusters:       []namedCluster{{cluster, server{"https://" + endpoint, certificate}}},
		Users: []namedUser{{cluster, user{execute{
			APIVersion:         "client.authentication.k8s.io/v1beta1",
			Command:            "gke-gcloud-auth-plugin",
			InstallHint:        "gcloud components install gke-gcloud-auth-plugin",
			ProvideClusterInfo: true,
		}}}},
	})
	if err != nil {
		return "", fmt.Errorf("kubeconfig of cluster %q: %w", cluster, err)
	}
	return string(text), nil
}

// The parts of a kubeconfig that refer to a GKE cluster; the format is that of
// kubernetes.io/docs/reference/config-api/kubeconfig.v1.
type (
	config struct {
		APIVersion     string         `json:"apiVersion"`
		Kind           string         `json:"kind"`
		CurrentContext string         `json:"current-context"`
		Contexts       []namedContext `json:"contexts"`
		Clusters       []namedCluster `json:"clusters"`
		Users          []namedUser    `json:"users"`
	}
	namedContext struct {
		Name    string  `json:"name"`
		Context context `json:"context"`
	}
	context struct {
		Cluster string `json:"cluster"`
		User    string `json:"user"`
	}
	namedCluster struct {
		Name    string `json:"name"`
		Cluster server `json:"cluster"`
	}
	server struct {
		Server      string `json:"server"`
		Certificate string `json:"certificate-authority-data"`
	}
	namedUser struct {
		Name string `json:"name"`
		User user   `json:"user"`
	}
	user struct {
		Exec execute `json:"exec"`
	}
	execute struct {
		APIVersion         string `json:"apiVersion"`
		Command            string `json:"command"`
		InstallHint        string `json:"installHint"`
		ProvideClusterInfo bool   `json:"provideClusterInfo"`
	}
)
