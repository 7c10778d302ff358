package rest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/neg"
	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

const (
	// kubernetesVersion is what GKE calls the version of the control plane that
	// the sandbox runs.
	kubernetesVersion = "1.36.3-gke.1000000"

	// defaultPool is the name of the node pool that a cluster is made with.
	defaultPool = "default-pool"
	// maxPodsPerNode is GKE's default.
	maxPodsPerNode = "110"
)

var clusterServed = Rules.Add(rules.Rule{
	Name: "gcp/cluster/served", Asks: "A cluster has node pools, no Autopilot, and issues no client certificates.",
	Status: http.StatusNotImplemented, Code: "notImplemented", Source: "The sandbox refuses what it does not do.",
})

// prepareCluster checks the cluster's place and ranges, and fills in what is
// known before it runs.
func prepareCluster(r *request, next object) error {
	location := r.values[1]
	if at(next, "autopilot", "enabled") == true {
		return clusterServed.Refuse("cluster %s: the sandbox has no Autopilot: nodes come from node pools", r.key)
	}
	if at(next, "masterAuth", "clientCertificateConfig", "issueClientCertificate") == true {
		return clusterServed.Refuse("cluster %s: the sandbox issues no client certificates: use gke-gcloud-auth-plugin", r.key)
	}
	zones := texts(next["locations"])
	if len(zones) == 0 {
		zones = []string{location}
		if all := zonesOf(location); len(all) > 0 {
			zones = all[:min(zonesPerRegion, len(all))]
		}
	}
	next["locations"], next["location"], next["status"] = list(zones), location, provisioning
	if location != regionOf(location) {
		next["zone"] = location
	}
	if r.old != nil {
		return nil
	}
	return r.completeCluster(next)
}

// completeCluster fills in what a cluster gets when it is made.
func (r *request) completeCluster(next object) error {
	for name, value := range (object{
		"currentMasterVersion": kubernetesVersion, "currentNodeVersion": kubernetesVersion,
		"loggingService":           "logging.googleapis.com/kubernetes",
		"monitoringService":        "monitoring.googleapis.com/kubernetes",
		"defaultMaxPodsConstraint": object{"maxPodsPerNode": maxPodsPerNode},
	}) {
		if next[name] == nil || next[name] == "" {
			next[name] = value
		}
	}
	network, _ := next["networkConfig"].(object)
	if network == nil {
		network = object{}
		next["networkConfig"] = network
	}
	for _, name := range []string{"network", "subnetwork"} { // short here, and in full there
		if link := text(next, name); link != "" {
			network[name], next[name] = r.keyOf(link), lastSegment(link)
		}
	}
	if err := r.useSecondaryRanges(next, text(network, "subnetwork")); err != nil {
		return err
	}
	return r.makePools(next)
}

// useSecondaryRanges gives the cluster the addresses of the ranges that it
// names.
func (r *request) useSecondaryRanges(next object, key string) error {
	var subnetwork object
	if _, err := r.tx.Get(key, &subnetwork); err != nil {
		return err
	}
	policy, _ := next["ipAllocationPolicy"].(object)
	for _, name := range []string{"cluster", "services"} {
		wanted := text(policy, name+"SecondaryRangeName")
		if wanted == "" {
			continue
		}
		for _, secondary := range objects(subnetwork["secondaryIpRanges"]) {
			if secondary["rangeName"] == wanted {
				cidr := secondary["ipCidrRange"]
				policy[name+"Ipv4CidrBlock"], policy[name+"Ipv4Cidr"], next[name+"Ipv4Cidr"] = cidr, cidr, cidr
			}
		}
	}
	return nil
}

// makePools makes the pools that a cluster comes with: those in its body, or the
// default one. Of all its pools, a cluster of the sandbox tells these only: what
// is planned and what is read would differ else after every new pool.
func (r *request) makePools(next object) error {
	pools := objects(next["nodePools"])
	if len(pools) == 0 {
		pool := object{"name": defaultPool, "initialNodeCount": next["initialNodeCount"]}
		if config, ok := next["nodeConfig"].(object); ok {
			pool["config"] = clone(config)
		}
		pools = []object{pool}
	}
	for i, pool := range pools {
		one := r.poolRequest(text(pool, "name"))
		if err := one.checkRules(one.key, pool, nil); err != nil {
			return err
		}
		one.generate(pool)
		if err := one.completePool(pool, next); err != nil {
			return err
		}
		pools[i] = prune(pool).(object)
		if err := r.tx.Put(one.key, pools[i]); err != nil {
			return err
		}
	}
	next["nodePools"], next["nodeConfig"] = list(pools), pools[0]["config"]
	return nil
}

// poolRequest is the request as one about a pool of the cluster.
func (r *request) poolRequest(name string) *request {
	one := *r
	for _, way := range r.server.routes {
		if way.collection == "projects.locations.clusters.nodePools" && way.verb == "create" {
			one.route = way
		}
	}
	one.key = strings.SplitN(r.key, "/nodePools/", 2)[0] + "/nodePools/" + name
	one.old = nil
	return &one
}

// updateCluster changes what the update desires, which is one thing at a time.
// desiredX is the new value of the cluster's field x.
func (r *request) updateCluster() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	next := clone(r.old)
	update, _ := r.body["update"].(object)
	pool := text(update, "desiredNodePoolId")
	for desired, value := range update {
		name := strings.TrimPrefix(desired, "desired")
		name = strings.ToLower(name[:1]) + name[1:]
		switch {
		case desired == "desiredNodePoolId":
		case desired == "desiredNodePoolAutoscaling":
			if err := r.changePool(pool, object{"autoscaling": value}); err != nil {
				return nil, err
			}
		case desired == "desiredGatewayApiConfig" || desired == "desiredDnsConfig" || desired == "desiredDatapathProvider":
			next["networkConfig"].(object)[name] = value
		case r.schema.Properties[name] != nil && name != desired:
			next[name] = value
		default:
			return nil, served.Refuse("the sandbox does not change a cluster by %s", desired)
		}
	}
	return r.put(next)
}

func (r *request) setLegacyAbac() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	next := clone(r.old)
	next["legacyAbac"] = object{"enabled": r.body["enabled"] == true}
	return r.put(next)
}

// startCluster runs the cluster's control plane, tells where it is, and gives the
// cluster the nodes of its pools.
func startCluster(ctx context.Context, r *request, stored object) (object, error) {
	cluster, err := r.server.clusters.Create(ctx, r.key, r.server.stays(r.key))
	if err != nil {
		return nil, err
	}
	told := object{
		"endpoint":   cluster.Endpoint,
		"masterAuth": object{"clusterCaCertificate": base64.StdEncoding.EncodeToString(cluster.CACertificate)},
	}
	if stored["privateClusterConfig"] != nil {
		told["privateClusterConfig"] = object{"privateEndpoint": cluster.Endpoint, "publicEndpoint": cluster.Endpoint}
	}
	return told, r.server.setNodes(ctx, cluster, r.key+"/nodePools/")
}

// stays is a check that a cluster exists and is not being deleted.
func (s *Server) stays(key string) func() error {
	return func() error {
		stored, err := s.stored(key)
		if err != nil {
			return err
		}
		if stored == nil {
			return notFound(key)
		}
		return checkNotStopping(key, stored)
	}
}

// setNodes gives a cluster the nodes of its pools whose keys begin with prefix.
func (s *Server) setNodes(ctx context.Context, cluster controlplane.Cluster, prefix string) error {
	pools := map[string][]controlplane.Node{}
	err := s.store.View(func(tx store.Tx) error {
		return each(tx, prefix, func(key string, o object) error {
			pool, err := poolOf(tx, key, o)
			if err != nil {
				return err
			}
			pools[pool.Name], err = pool.Nodes()
			return err
		})
	})
	if err != nil {
		return err
	}
	for name, nodes := range pools {
		if err := cluster.SetNodes(ctx, name, nodes); err != nil {
			return err
		}
	}
	return nil
}

// stopCluster removes the control plane, and the network endpoint groups that
// its controller made and nothing uses. Those in use stay behind, as Google's
// do.
func stopCluster(ctx context.Context, r *request) error {
	if err := r.server.clusters.Delete(ctx, r.key); err != nil {
		return err
	}
	return r.server.store.Update(func(tx store.Tx) error {
		var groups []string
		err := tx.Each("projects/"+r.project+"/zones/", func(key string, raw json.RawMessage) error {
			var group neg.Group
			if err := json.Unmarshal(raw, &group); err == nil && group.Cluster() == r.key {
				groups = append(groups, key)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, key := range groups {
			user, err := find(tx, "", func(other string, o object) bool {
				return slices.Contains(usesOf(tx, other, o), key)
			})
			if err == nil && user == "" {
				err = tx.Delete(key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
