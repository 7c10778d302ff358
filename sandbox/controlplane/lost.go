package controlplane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"

	"ai-serving/sandbox/home"
)

// lostFile records the nodes whose machines are gone.
const lostFile = "lost-nodes.json"

// AllZones stands for every zone of a node pool, as Google's API writes it.
const AllZones = "-"

// KillNodes lets the machines of a pool in a zone, or in [AllZones], vanish, and
// says how many. It leaves what Google's controllers and Kubernetes' garbage
// collector leave of such a machine after a minute or so: no node, and none of
// its pods. The pool gets no node there before [Cluster.ReviveNodes].
func (c Cluster) KillNodes(ctx context.Context, pool, zone string) (int, error) {
	client, err := c.Client()
	if err != nil {
		return 0, err
	}
	s := nodeSet{client.CoreV1().Nodes(), pool}
	living, err := s.nodes(ctx)
	if err != nil {
		return 0, c.poolError(pool, err)
	}
	var staying, gone []Node
	for _, node := range living {
		if isIn(node.Zone, zone) {
			gone = append(gone, node)
		} else {
			staying = append(staying, node)
		}
	}
	if len(gone) == 0 {
		return 0, c.poolError(pool, errors.New("there is no node in zone "+zone))
	}
	err = c.changeLost(ctx, func(record lost) { record.add(pool, gone) })
	if err == nil {
		err = s.apply(ctx, staying)
	}
	if err == nil {
		err = removePods(ctx, client, gone)
	}
	if err != nil {
		return 0, c.poolError(pool, err)
	}
	return len(gone), nil
}

// ReviveNodes makes the nodes anew that a pool has lost in a zone, or in
// [AllZones], waits until they are ready, and says how many there are.
func (c Cluster) ReviveNodes(ctx context.Context, pool, zone string) (int, error) {
	client, err := c.Client()
	if err != nil {
		return 0, err
	}
	record, err := c.lost()
	if err != nil {
		return 0, err
	}
	s := nodeSet{client.CoreV1().Nodes(), pool}
	nodes, err := s.nodes(ctx)
	living := len(nodes)
	if err != nil {
		return 0, c.poolError(pool, err)
	}
	for place, gone := range record[pool] {
		if isIn(place, zone) {
			nodes = append(nodes, gone...)
		}
	}
	if err := s.apply(ctx, nodes); err != nil {
		return 0, c.poolError(pool, err)
	}
	return len(nodes) - living, c.changeLost(ctx, func(record lost) { record.remove(pool, zone) })
}

// Lost counts the nodes that the cluster has lost, by pool and zone.
func (c Cluster) Lost() (map[string]map[string]int, error) {
	record, err := c.lost()
	counts := map[string]map[string]int{}
	for pool, zones := range record {
		counts[pool] = map[string]int{}
		for zone, nodes := range zones {
			counts[pool][zone] = len(nodes)
		}
	}
	return counts, err
}

// survivors are those of the nodes of a pool whose machines can be had. The others
// are recorded: they come when the pool's zone is revived.
func (c Cluster) survivors(ctx context.Context, pool string, nodes []Node) ([]Node, error) {
	record, err := c.lost()
	if err != nil || len(record[pool]) == 0 {
		return nodes, err
	}
	var surviving, gone []Node
	for _, node := range nodes {
		if _, isLost := record[pool][node.Zone]; isLost {
			gone = append(gone, node)
		} else {
			surviving = append(surviving, node)
		}
	}
	return surviving, c.changeLost(ctx, func(record lost) { record.set(pool, nodes, gone) })
}

// removePods removes what ran on the nodes, which no kubelet ends any more.
func removePods(ctx context.Context, client kubernetes.Interface, nodes []Node) error {
	for _, node := range nodes {
		pods, err := client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{
			FieldSelector: fields.OneTermEqualSelector("spec.nodeName", node.Name).String(),
		})
		if err != nil {
			return err
		}
		for _, pod := range pods.Items {
			err := client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *metav1.NewDeleteOptions(0))
			if err != nil && !apierrors.IsNotFound(err) {
				return err
			}
		}
	}
	return nil
}

// lost is the nodes whose machines are gone, by pool and zone. A zone in it may
// have none, and still is lost to the pool.
type lost map[string]map[string][]Node

func (l lost) add(pool string, nodes []Node) {
	if l[pool] == nil {
		l[pool] = map[string][]Node{}
	}
	for _, node := range nodes {
		l[pool][node.Zone] = append(l[pool][node.Zone], node)
	}
}

func (l lost) remove(pool, zone string) {
	for place := range l[pool] {
		if isIn(place, zone) {
			delete(l[pool], place)
		}
	}
	if len(l[pool]) == 0 {
		delete(l, pool)
	}
}

// set records which of a pool's nodes are gone now. A pool without any node is
// deleted, and has lost nothing.
func (l lost) set(pool string, all, gone []Node) {
	if len(all) == 0 {
		delete(l, pool)
		return
	}
	for zone := range l[pool] {
		l[pool][zone] = nil
	}
	l.add(pool, gone)
}

func (c Cluster) lost() (lost, error) {
	record := lost{}
	raw, err := os.ReadFile(c.file(lostFile))
	if errors.Is(err, os.ErrNotExist) {
		return record, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &record); err != nil {
		return nil, fmt.Errorf("%s: %w", c.file(lostFile), err)
	}
	return record, nil
}

// changeLost changes the record, one process at a time.
func (c Cluster) changeLost(ctx context.Context, change func(lost)) error {
	unlock, err := lock(ctx, c.file(lostFile)+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	record, err := c.lost()
	if err != nil {
		return err
	}
	change(record)
	raw, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return home.WriteFile(c.file(lostFile), raw, secretFilePermissions)
}

func isIn(place, zone string) bool { return zone == AllZones || zone == place }

func (c Cluster) poolError(pool string, err error) error {
	return fmt.Errorf("cluster %s: node pool %q: %w", c.ID, pool, err)
}

// nodes are the pool's, as they were set.
func (s nodeSet) nodes(ctx context.Context) ([]Node, error) {
	specifications, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	var nodes []Node
	for name, specification := range specifications {
		var node Node
		if err := json.Unmarshal([]byte(specification), &node); err != nil {
			return nil, fmt.Errorf("node %s: %w", name, err)
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}
