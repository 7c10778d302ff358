package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	container "google.golang.org/api/container/v1beta1"

	"ai-serving/internal/machinetype"
	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/gcp/nodepool"
	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

// preparePool checks the pool against its cluster and fills in what it takes
// from it.
func preparePool(r *request, next object) error {
	var cluster object
	found, err := r.tx.Get(nodepool.ClusterOf(r.key), &cluster)
	if err != nil {
		return err
	}
	if !found {
		return exists.Refuse("Not found: %s.", nodepool.ClusterOf(r.key))
	}
	if err := checkNotStopping(nodepool.ClusterOf(r.key), cluster); err != nil {
		return err
	}
	if err := r.completePool(next, cluster); err != nil {
		return err
	}
	next["status"] = provisioning
	return nil
}

func (r *request) completePool(next, cluster object) error {
	for name, value := range (object{
		"config": object{}, "locations": cluster["locations"], "version": kubernetesVersion,
		"maxPodsConstraint": cluster["defaultMaxPodsConstraint"],
		"management":        object{"autoRepair": true, "autoUpgrade": true},
		"upgradeSettings":   object{"maxSurge": 1, "strategy": "SURGE"},
	}) {
		if next[name] == nil || next[name] == "" {
			next[name] = value
		}
	}
	next["status"] = running
	config := next["config"].(object)
	for name, value := range (object{
		"machineType": defaultMachineType, "diskSizeGb": machinetype.DefaultDiskGiB, "diskType": "pd-balanced", "imageType": "COS_CONTAINERD",
		"serviceAccount": "default",
	}) {
		if config[name] == nil || config[name] == "" {
			config[name] = value
		}
	}
	if err := r.checkIdentity(text(config, "serviceAccount"), config["oauthScopes"]); err != nil {
		return err
	}
	pool, err := poolOf(r.tx, r.key, next)
	if err != nil {
		return err
	}
	if size, given := r.body["nodeCount"].(float64); given { // of setSize
		for _, zone := range pool.Zones {
			pool.Sizes[zone] = int(size)
		}
	}
	if err := checkPool(pool); err != nil {
		return err
	}
	return r.makeInstanceGroups(pool, next)
}

// makeInstanceGroups stores the group of each zone and its manager, and says
// where they are. Kubernetes Engine calls the managers instance groups, and a
// pool has no other record of its size than theirs.
func (r *request) makeInstanceGroups(pool nodepool.Pool, next object) error {
	var managers []string
	for _, zone := range pool.Zones {
		manager := pool.Manager(zone)
		group := strings.Replace(manager, "/instanceGroupManagers/", "/instanceGroups/", 1)
		place := object{"name": lastSegment(manager), "zone": bases["compute"] + strings.Join(strings.Split(manager, "/")[:4], "/")}
		managers = append(managers, "https://www.googleapis.com/compute/v1/"+manager)
		place["kind"], place["selfLink"] = "compute#instanceGroup", bases["compute"]+group
		if err := r.tx.Put(group, place); err != nil {
			return err
		}
		place["kind"], place["selfLink"] = "compute#instanceGroupManager", bases["compute"]+manager
		place["instanceGroup"], place["targetSize"] = "https://www.googleapis.com/compute/v1/"+group, pool.Sizes[zone]
		if err := r.tx.Put(manager, place); err != nil {
			return err
		}
	}
	for _, stale := range poolGroups(r.key, object{"instanceGroupUrls": without(next["instanceGroupUrls"], managers)}) {
		if err := r.tx.Delete(stale); err != nil {
			return err
		}
	}
	next["instanceGroupUrls"] = list(managers)
	return nil
}

// without are the texts of a list that are not among others.
func without(all any, others []string) []any {
	var left []any
	for _, text := range texts(all) {
		if !strings.Contains(strings.Join(others, " ")+" ", text+" ") {
			left = append(left, text)
		}
	}
	return left
}

// poolGroups are the managers and groups of a pool.
func poolGroups(_ string, stored object) []string {
	var keys []string
	for _, link := range texts(stored["instanceGroupUrls"]) {
		manager, _ := parse("", link)
		keys = append(keys, manager.key, strings.Replace(manager.key, "/instanceGroupManagers/", "/instanceGroups/", 1))
	}
	return keys
}

// updatePool changes what the request has: fields of the pool, or else of its
// nodes.
func (r *request) updatePool() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	next := clone(r.old)
	config := next["config"].(object)
	renamed := map[string]string{"nodeVersion": "version", "nodeNetworkConfig": "networkConfig"}
	for name, value := range r.body {
		if other, found := renamed[name]; found {
			name = other
		}
		inner, _ := value.(object)
		switch {
		case name == "name": // the pool's own
		case (name == "labels" || name == "taints" || name == "tags") && inner != nil:
			config[name] = inner[name]
		case name == "resourceLabels" && inner != nil:
			config[name] = inner["labels"]
		case r.schema.Properties[name] != nil:
			next[name] = value
		case r.document.Schemas["NodeConfig"].Properties[name] != nil:
			number, err := r.asIn("NodeConfig", name, value)
			if err != nil {
				return nil, err
			}
			config[name] = number
		default:
			return nil, served.Refuse("the sandbox does not change a node pool by %s", name)
		}
	}
	return r.put(next)
}

// asIn is a value as a message has it: Google's APIs write whole numbers of 64 bits as
// text in some messages, and as numbers in others.
func (r *request) asIn(message, field string, value any) (any, error) {
	written, isText := value.(string)
	if !isText || r.document.Schemas[message].Properties[field].Type != "integer" {
		return value, nil
	}
	number, err := strconv.ParseInt(written, 10, 64)
	return float64(number), err
}

func (r *request) setPoolSize() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	return r.put(clone(r.old))
}

// changePool changes a pool on behalf of its cluster.
func (r *request) changePool(name string, change object) error {
	one := r.poolRequest(name)
	if _, err := r.tx.Get(one.key, &one.old); err != nil {
		return err
	}
	if err := one.mustExist(); err != nil {
		return err
	}
	next := clone(one.old)
	merge(next, change)
	_, err := one.put(next)
	return err
}

// deletePool removes a pool, and the cluster tells of it no more.
func (r *request) deletePool() (any, error) {
	key := nodepool.ClusterOf(r.key)
	var cluster object
	if _, err := r.tx.Get(key, &cluster); err != nil {
		return nil, err
	}
	var left []object
	for _, pool := range objects(cluster["nodePools"]) {
		if pool["name"] != lastSegment(r.key) {
			left = append(left, pool)
		}
	}
	if cluster != nil && len(left) < len(objects(cluster["nodePools"])) {
		cluster["nodePools"] = list(left)
		if err := r.tx.Put(key, cluster); err != nil {
			return nil, err
		}
	}
	return r.delete()
}

// setPoolNodes gives the cluster the nodes of the pool. What is left of a cluster
// that was deleted meanwhile is not started again.
func setPoolNodes(ctx context.Context, r *request, _ object) (object, error) {
	key := nodepool.ClusterOf(r.key)
	cluster, err := r.server.clusters.Create(ctx, key, r.server.stays(key)) // or start it again
	if err != nil {
		return nil, err
	}
	return nil, r.server.setNodes(ctx, cluster, r.key)
}

// removePoolNodes takes a pool's machines away. Google does so too when the
// cluster's API server does not answer: what tells of the nodes then is that
// server, and goes with it.
func removePoolNodes(ctx context.Context, r *request) error {
	cluster, found, err := r.server.clusters.Get(nodepool.ClusterOf(r.key))
	if err != nil || !found {
		return err
	}
	if unreachable, err := cluster.Unreachable(); err != nil || unreachable {
		return err
	}
	return cluster.SetNodes(ctx, lastSegment(r.key), []controlplane.Node{})
}

// defaultMachineType is the machine type of a node pool that does not set one.
const defaultMachineType = "e2-medium"

var poolNodes = Rules.Add(rules.Rule{
	Name: "gcp/node-pool/nodes", Asks: "A node pool is not resized, nor scaled by the limits of its total, beyond 1000 nodes in a zone.",
	Status: http.StatusBadRequest, Code: "badRequest", Source: "cloud.google.com/kubernetes-engine/quotas (nodes per node pool zone)",
})

// poolOf reads a node pool.
func poolOf(tx store.Tx, key string, o object) (nodepool.Pool, error) {
	from, err := into[container.NodePool](o)
	if err != nil {
		return nodepool.Pool{}, err
	}
	return nodepool.Of(tx, key, from)
}

// checkPool refuses machines that cannot be had.
func checkPool(pool nodepool.Pool) error {
	for _, zone := range pool.Zones {
		if size := pool.Sizes[zone]; size < 0 || size > nodepool.MaxNodesPerZone {
			return poolNodes.Refuse("Node pool size of %d per zone is not from 0 to %d.", size, nodepool.MaxNodesPerZone)
		}
	}
	_, err := pool.Template()
	if unknown := nodepool.UnknownMachineError(""); errors.As(err, &unknown) {
		return invalid(machineExists, "NodeConfig.machineType", string(unknown), "There is no such machine type.")
	}
	return err
}
