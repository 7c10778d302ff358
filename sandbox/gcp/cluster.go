package gcp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/container"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgresource"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/neg"
	"ai-serving/sandbox/store"
)

const (
	containerURL = "https://container.googleapis.com/v1/"

	// kubernetesVersion is what GKE calls the version of the control plane that
	// the sandbox runs.
	kubernetesVersion = "1.36.3-gke.1000000"

	// defaultPool is the name of the node pool that a cluster is made with.
	defaultPool = "default-pool"
	// maxPodsPerNode is GKE's default.
	maxPodsPerNode = 110
)

func containerKinds() []kind {
	return []kind{
		{
			tfType: "google_container_cluster", module: "container", name: "Cluster",
			resource: container.ResourceContainerCluster(),
			// A list in Pulumi from before the provider limited it to one.
			fields: map[string]*tfbridge.SchemaInfo{"monitoring_config": {Elem: &tfbridge.SchemaInfo{Fields: map[string]*tfbridge.SchemaInfo{
				"advanced_datapath_observability_config": {MaxItemsOne: tfbridge.False()},
			}}}},
			identify: identifyCluster,
			api:      containerAPI,
			defaults: map[string]any{
				"networking_mode":           "VPC_NATIVE",
				"default_max_pods_per_node": maxPodsPerNode,
				"logging_service":           "logging.googleapis.com/kubernetes",
				"monitoring_service":        "monitoring.googleapis.com/kubernetes",
			},
			complete:  completeCluster,
			provision: startCluster,
			retire:    stopCluster,
			remove:    checkClusterRemoval,
		},
		{
			tfType: "google_container_node_pool", module: "container", name: "NodePool",
			resource:  container.ResourceContainerNodePool(),
			identify:  identifyPool,
			api:       containerAPI,
			complete:  completePool,
			provision: setPoolNodes,
			retire:    removePoolNodes,
		},
	}
}

func identifyCluster(o *operation) (string, error) {
	location, err := tpgresource.GetLocation(o.data, o.config)
	if err != nil {
		return "", err
	}
	if err := checkLocation(location); err != nil {
		return "", err
	}
	o.set("location", location)
	return o.expand("projects/{{project}}/locations/{{location}}/clusters/{{name}}")
}

// completeCluster checks the cluster's ranges and sets what is known before it
// runs.
func completeCluster(o *operation) error {
	if o.flag("enable_autopilot") {
		return fmt.Errorf("cluster %s: the sandbox has no Autopilot: nodes come from node pools", o.id)
	}
	if o.flag("master_auth.0.client_certificate_config.0.issue_client_certificate") {
		return fmt.Errorf("cluster %s: the sandbox issues no client certificates: use gke-gcloud-auth-plugin", o.id)
	}
	if o.number("initial_node_count") == 0 && o.number("node_pool.#") == 0 {
		return refuse(http.StatusBadRequest, "badRequest", "Cluster.initial_node_count must be greater than zero.")
	}
	location := o.text("location")
	zones := texts(o.data.Get("node_locations"))
	if err := checkZones("Cluster.locations", regionOf(location), zones); err != nil {
		return err
	}
	if location == regionOf(location) && len(zones) == 0 {
		all := zonesOf(location)
		o.set("node_locations", all[:min(zonesPerRegion, len(all))])
	}
	if err := o.useSecondaryRanges(); err != nil {
		return err
	}
	o.set("self_link", containerURL+o.id)
	o.set("master_version", kubernetesVersion)
	o.fill("node_version", kubernetesVersion)
	return nil
}

// useSecondaryRanges gives the cluster the addresses of the ranges that it
// names, which its subnetwork has to have.
func (o *operation) useSecondaryRanges() error {
	subnetwork, _, err := get(o.tx, idOf(o.text("subnetwork")))
	if err != nil {
		return err
	}
	ranges := map[string]string{}
	blocks, _ := subnetwork.Attributes["secondary_ip_range"].([]any)
	for _, block := range blocks {
		block := block.(map[string]any)
		ranges[block["range_name"].(string)] = block["ip_cidr_range"].(string)
	}
	policies := plain(o.data.Get("ip_allocation_policy")).([]any)
	if len(policies) == 0 || policies[0] == nil {
		return nil
	}
	policy := policies[0].(map[string]any)
	for name, attribute := range map[string]string{"cluster": "cluster_ipv4_cidr", "services": "services_ipv4_cidr"} {
		wanted := policy[name+"_secondary_range_name"].(string)
		cidr, found := ranges[wanted]
		if wanted == "" {
			continue
		}
		if !found {
			return refuse(http.StatusBadRequest, "badRequest", "%s secondary range %q does not exist in subnetwork %q.", name, wanted, subnetwork.text("name"))
		}
		policy[name+"_ipv4_cidr_block"] = cidr
		o.set(attribute, cidr)
	}
	o.set("ip_allocation_policy", policies)
	return nil
}

// startCluster runs the cluster's control plane, tells the cluster where it is,
// and gives it the nodes of the pools that are part of the cluster itself.
func startCluster(ctx context.Context, c cloud, o *operation) error {
	cluster, err := c.clusters.Create(ctx, o.id)
	if err != nil {
		return err
	}
	o.set("endpoint", cluster.Endpoint)
	o.setBlock("master_auth", true, map[string]any{"cluster_ca_certificate": base64.StdEncoding.EncodeToString(cluster.CACertificate)})
	o.setBlock("private_cluster_config", false, map[string]any{"private_endpoint": cluster.Endpoint, "public_endpoint": cluster.Endpoint})
	return setOwnPools(ctx, cluster, o)
}

// setBlock sets attributes of a block that there is at most one of. If there is
// none, it is made when make says so.
func (o *operation) setBlock(name string, make bool, values map[string]any) {
	blocks, _ := plain(o.data.Get(name)).([]any)
	block := map[string]any{}
	if len(blocks) > 0 && blocks[0] != nil {
		block = blocks[0].(map[string]any)
	} else if !make {
		return
	}
	for attribute, value := range values {
		block[attribute] = value
	}
	o.set(name, []any{block})
}

// setOwnPools makes the nodes of the cluster's inline pools or, if it has none
// and keeps it, of the default pool.
func setOwnPools(ctx context.Context, cluster controlplane.Cluster, o *operation) error {
	zones := clusterZones(o.text("location"), texts(o.data.Get("node_locations")))
	var pools []pool
	for _, block := range plain(o.data.Get("node_pool")).([]any) {
		pools = append(pools, poolOf(block.(map[string]any), zones))
	}
	if len(pools) == 0 && !o.flag("remove_default_node_pool") {
		own := poolOf(o.attributes(), zones)
		own.name = defaultPool
		pools = []pool{own}
	}
	for _, pool := range pools {
		nodes, err := pool.nodes(o.id)
		if err != nil {
			return err
		}
		if err := cluster.SetNodes(ctx, pool.name, nodes); err != nil {
			return err
		}
	}
	return nil
}

// checkClusterRemoval keeps a cluster that is protected.
func checkClusterRemoval(o *operation) error {
	if o.flag("deletion_protection") {
		return fmt.Errorf("cannot destroy cluster %s because deletion_protection is set to true: set it to false and update first", o.id)
	}
	return nil
}

// stopCluster removes the control plane, and the network endpoint groups that
// its controller made and nothing uses. Those in use stay behind, as Google's
// do.
func stopCluster(ctx context.Context, c cloud, o *operation) error {
	if err := c.clusters.Delete(ctx, o.id); err != nil {
		return err
	}
	return c.store.Update(func(tx store.Tx) error {
		groups, err := endpointGroups(tx, o.id)
		for _, group := range groups {
			if checkUnused(tx, "network_endpoint_group", []string{group}) == nil {
				err = tx.Delete(group)
			}
			if err != nil {
				return err
			}
		}
		return err
	})
}

// endpointGroups are the ids of the groups that a cluster's controller made.
func endpointGroups(tx store.Tx, cluster string) ([]string, error) {
	var ids []string
	err := tx.Each("projects/", func(id string, raw json.RawMessage) error {
		var group neg.Group
		if err := json.Unmarshal(raw, &group); err == nil && group.Type == neg.ResourceType && group.Origin.Cluster == cluster {
			ids = append(ids, id)
		}
		return nil
	})
	slices.Sort(ids)
	return ids, err
}
