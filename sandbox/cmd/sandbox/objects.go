package main

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"ai-serving/sandbox/controlplane"
)

// objects are all objects of a cluster, of every kind that can be listed, each
// in the version that the cluster prefers.
func objects(ctx context.Context, cluster controlplane.Cluster) ([]map[string]any, error) {
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 1000, 1000 // one request per kind, and it is our own server
	discoverer, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	groups, err := discoverer.ServerPreferredResources()
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w; is it running?", cluster.ID, err)
	}
	var all []map[string]any
	for _, group := range groups {
		for _, kind := range group.APIResources {
			if !slices.Contains(kind.Verbs, "list") {
				continue
			}
			version, err := schema.ParseGroupVersion(group.GroupVersion)
			if err != nil {
				return nil, err
			}
			list, err := client.Resource(version.WithResource(kind.Name)).List(ctx, metav1.ListOptions{})
			if err != nil {
				return nil, fmt.Errorf("%s of cluster %s: %w", kind.Name, cluster.ID, err)
			}
			for _, object := range list.Items {
				all = append(all, object.Object)
			}
		}
	}
	return all, nil
}
