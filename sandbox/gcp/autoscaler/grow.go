package autoscaler

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/sandbox/gcp/nodepool"
)

var onePod = resource.MustParse("1")

// grow orders machines for the pods that wait, and says what comes of each pod. Pods
// that fit on what is there, or on its way, wait for the scheduler.
func (a *Autoscaler) grow(ctx context.Context, now state, waiting []*corev1.Pod) error {
	plan := &plan{state: now, rooms: now.rooms()}
	for _, m := range a.ordered {
		if err := plan.add(m); err != nil {
			return err
		}
	}
	for _, pod := range waiting {
		if place(pod, plan.rooms) {
			continue
		}
		pool, zone, refused, err := plan.choose(pod)
		if err != nil {
			return err
		}
		if pool == nil {
			if err := a.refuse(ctx, pod, refused); err != nil {
				return err
			}
			continue
		}
		template, err := pool.Template()
		if err != nil {
			return err
		}
		m := machine{pool: pool.Name, zone: zone, due: time.Now().Add(a.takes(template))}
		if err := plan.add(m); err != nil {
			return err
		}
		place(pod, plan.rooms) // on the node that it gets
		a.ordered = append(a.ordered, m)
		if err := a.trigger(ctx, pod, *pool, zone); err != nil {
			return err
		}
	}
	return nil
}

// plan is a state with the machines that are on their way.
type plan struct {
	state
	rooms []room
}

// add counts a machine as if it were there. One of a pool that is gone is not.
func (p *plan) add(m machine) error {
	i := slices.IndexFunc(p.pools, func(pool nodepool.Pool) bool { return pool.Name == m.pool })
	if i < 0 {
		return nil
	}
	node, err := p.imagine(p.pools[i], m.zone)
	if err != nil {
		return err
	}
	if m.name == "" { // else the size of the pool counts it
		p.pools[i].Sizes[m.zone]++
	}
	p.rooms = append(p.rooms, p.fresh(node))
	return nil
}

// imagine is the next node of a pool in a zone.
func (p *plan) imagine(pool nodepool.Pool, zone string) (*corev1.Node, error) {
	template, err := pool.Template()
	if err != nil {
		return nil, err
	}
	template.Zone, template.Name = zone, pool.NodeName(zone, pool.Sizes[zone])
	return template.Object(pool.Name)
}

// choose finds the pool and the zone that get a node for a pod, or says of each pool
// why it does not.
func (p *plan) choose(pod *corev1.Pod) (*nodepool.Pool, string, []string, error) {
	var refused []string
	for i := range p.pools {
		pool := &p.pools[i]
		zone, why, err := p.zoneFor(pod, *pool)
		if err != nil {
			return nil, "", nil, err
		}
		if why == "" {
			return pool, zone, nil, nil
		}
		refused = append(refused, fmt.Sprintf("%s (%s): %s", pool.Name, pool.Config.MachineType, why))
	}
	return nil, "", refused, nil
}

// zoneFor finds the zone of a pool for a pod, or says why there is none: with the
// location policy ANY the first that may grow, and else the one with the fewest nodes.
func (p *plan) zoneFor(pod *corev1.Pod, pool nodepool.Pool) (zone, why string, err error) {
	zones := slices.Clone(pool.Zones)
	if pool.Scaling != nil && pool.Scaling.LocationPolicy != "ANY" {
		slices.SortStableFunc(zones, func(a, b string) int { return cmp.Compare(pool.Sizes[a], pool.Sizes[b]) })
	}
	var reasons []string
	for _, zone := range zones {
		node, err := p.imagine(pool, zone)
		if err != nil {
			return "", "", err
		}
		reason := p.fresh(node).refuses(pod)
		if reason == "" && pool.MayGrow(zone) {
			return zone, "", nil
		}
		if reason = cmp.Or(reason, atMost(pool)); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	return "", cmp.Or(strings.Join(reasons, "; "), "it has no zones"), nil
}

// atMost says that a pool may not grow.
func atMost(pool nodepool.Pool) string {
	if pool.Scaling == nil {
		return "the pool is not scaled"
	}
	if total := pool.Scaling.TotalMaxNodeCount; total > 0 {
		return fmt.Sprintf("the pool has its %d nodes", total)
	}
	return fmt.Sprintf("the pool has its %d nodes in a zone", pool.Scaling.MaxNodeCount)
}
