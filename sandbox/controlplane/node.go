package controlplane

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
)

const (
	// nodePoolLabel names a node's pool, as GKE labels it.
	nodePoolLabel = "cloud.google.com/gke-nodepool"

	// KWOK plays the kubelet of the nodes that carry this annotation.
	nodeAnnotation      = "kwok.x-k8s.io/node"
	nodeAnnotationValue = "fake"

	// specificationAnnotation holds the Node that a node was made from.
	specificationAnnotation = "sandbox.ai-serving/specification"

	nodesReadyTimeout = time.Minute
	nodesInterval     = 200 * time.Millisecond
)

// Node is one machine of a node pool.
type Node struct {
	Name        string
	Zone        string            // europe-west4-a
	MachineType string            // e2-standard-4
	Labels      map[string]string // beside those that GKE sets
	Taints      []corev1.Taint
	Arm         bool                // not x86
	Capacity    corev1.ResourceList // cpu, memory, pods, nvidia.com/gpu, ...
	Allocatable corev1.ResourceList // what of it pods can request; nil for all
}

// SetNodes makes a node pool have exactly these nodes and waits until they are
// ready. A node that differs from what it was is replaced, as in an upgrade of
// the pool. No nodes means no pool. Nodes in a zone that the pool has lost, see
// [Cluster.KillNodes], are made when it is revived.
func (c Cluster) SetNodes(ctx context.Context, pool string, nodes []Node) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	nodes, err = c.survivors(ctx, pool, nodes)
	if err == nil {
		err = nodeSet{client.CoreV1().Nodes(), pool}.apply(ctx, nodes)
	}
	if err != nil {
		return c.poolError(pool, err)
	}
	return nil
}

// nodeSet is the nodes of one pool.
type nodeSet struct {
	client typedcorev1.NodeInterface
	pool   string
}

func (s nodeSet) apply(ctx context.Context, nodes []Node) error {
	surplus, err := s.list(ctx)
	if err != nil {
		return err
	}
	var missing []*corev1.Node
	for _, node := range nodes {
		wanted, err := node.Object(s.pool)
		if err != nil {
			return err
		}
		if surplus[node.Name] == wanted.Annotations[specificationAnnotation] {
			delete(surplus, node.Name)
		} else {
			missing = append(missing, wanted)
		}
	}
	for name := range surplus {
		if err := s.client.Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	for _, node := range missing {
		if _, err := s.client.Create(ctx, node, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return s.awaitReady(ctx, len(nodes))
}

// list returns the specification of each node that the pool has, by name.
func (s nodeSet) list(ctx context.Context) (map[string]string, error) {
	list, err := s.client.List(ctx, s.selector())
	if err != nil {
		return nil, err
	}
	nodes := make(map[string]string, len(list.Items))
	for _, node := range list.Items {
		nodes[node.Name] = node.Annotations[specificationAnnotation]
	}
	return nodes, nil
}

// awaitReady waits until the pool has this many nodes, all of them ready.
func (s nodeSet) awaitReady(ctx context.Context, count int) error {
	ready := 0
	err := wait.PollUntilContextTimeout(ctx, nodesInterval, nodesReadyTimeout, true, func(ctx context.Context) (bool, error) {
		list, err := s.client.List(ctx, s.selector())
		if err != nil {
			return false, err
		}
		ready = 0
		for _, node := range list.Items {
			if isReady(node) {
				ready++
			}
		}
		return ready == count && len(list.Items) == count, nil
	})
	if wait.Interrupted(err) {
		return fmt.Errorf("%d of %d nodes ready: %w", ready, count, err)
	}
	return err
}

func (s nodeSet) selector() metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: nodePoolLabel + "=" + s.pool}
}

func isReady(node corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// Object returns the node as its kubelet would register it.
func (n Node) Object(pool string) (*corev1.Node, error) {
	specification, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	architecture, allocatable := "amd64", n.Allocatable
	if n.Arm {
		architecture = "arm64"
	}
	if allocatable == nil {
		allocatable = n.Capacity
	}
	labels := maps.Clone(n.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, map[string]string{
		nodePoolLabel:                  pool,
		corev1.LabelHostname:           n.Name,
		corev1.LabelOSStable:           "linux",
		corev1.LabelArchStable:         architecture,
		corev1.LabelInstanceTypeStable: n.MachineType,
		corev1.LabelTopologyZone:       n.Zone,
		corev1.LabelTopologyRegion:     region(n.Zone),
	})
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name:   n.Name,
			Labels: labels,
			Annotations: map[string]string{
				nodeAnnotation:          nodeAnnotationValue,
				specificationAnnotation: string(specification),
			},
		},
		Spec:   corev1.NodeSpec{Taints: n.Taints},
		Status: corev1.NodeStatus{Capacity: n.Capacity, Allocatable: allocatable},
	}, nil
}

// region returns the region of a zone: europe-west4 of europe-west4-a.
func region(zone string) string {
	return zone[:max(0, strings.LastIndexByte(zone, '-'))]
}
