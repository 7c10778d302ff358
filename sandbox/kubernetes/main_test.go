package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/sandbox/controlplane"
)

// clusterID names the cluster that the tests share, each in its own namespace.
const clusterID = "projects/test/locations/europe-west4/clusters/test"

// TestMain gives the tests a sandbox of their own and removes it afterwards.
func TestMain(m *testing.M) {
	code, err := runInSandbox(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runInSandbox(m *testing.M) (code int, err error) {
	home, err := os.MkdirTemp("", "sandbox-kubernetes-")
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, controlplane.At(home).Delete(context.Background(), clusterID), os.RemoveAll(home))
	}()
	programs, err := filepath.Abs("../../.sandbox/bin")
	if err != nil {
		return 0, err
	}
	for name, value := range map[string]string{
		"SANDBOX_HOME": home,
		"PATH":         programs + string(os.PathListSeparator) + os.Getenv("PATH"),
	} {
		if err := os.Setenv(name, value); err != nil {
			return 0, err
		}
	}
	code = m.Run()
	if started.Load() {
		if provider, failure := shared(); failure == nil { // else a test has told
			err = provider.Close()
		}
	}
	return code, err
}

// startCluster starts the cluster with two nodes when the first test needs it.
var startCluster = sync.OnceValues(func() (controlplane.Cluster, error) {
	for _, program := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "sandbox", executable} {
		if _, err := exec.LookPath(program); err != nil {
			return controlplane.Cluster{}, fmt.Errorf("%w: run make to build it", err)
		}
	}
	cluster, err := controlplane.At(os.Getenv("SANDBOX_HOME")).Create(context.Background(), clusterID)
	if err != nil {
		return controlplane.Cluster{}, err
	}
	room := corev1.ResourceList{
		"cpu": quantity.MustParse("4"), "memory": quantity.MustParse("8Gi"), "pods": quantity.MustParse("50"),
	}
	return cluster, cluster.SetNodes(context.Background(), "default", []controlplane.Node{
		{Name: "node-a", Zone: "europe-west4-a", MachineType: "e2-standard-4", Capacity: room},
		{Name: "node-b", Zone: "europe-west4-b", MachineType: "e2-standard-4", Capacity: room},
	})
})
