package gcp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/id"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgresource"

	"ai-serving/sandbox/controlplane"
)

// clusterName is the full name of a cluster, which a node pool may give instead
// of its project, location and the cluster's short name.
var clusterName = regexp.MustCompile(`^projects/([^/]+)/locations/([^/]+)/clusters/([^/]+)$`)

// identifyPool finds the cluster and names the pool.
func identifyPool(o *operation) (string, error) {
	cluster := o.text("cluster")
	if parts := clusterName.FindStringSubmatch(cluster); parts != nil {
		o.set("project", parts[1])
		o.set("location", parts[2])
		o.parent = cluster
	} else {
		location, err := tpgresource.GetLocation(o.data, o.config)
		if err != nil {
			return "", err
		}
		o.set("location", location)
		o.parent = fmt.Sprintf("projects/%s/locations/%s/clusters/%s", o.project(), location, cluster)
	}
	if o.text("name") == "" {
		o.set("name", id.PrefixedUniqueId(o.text("name_prefix")))
	}
	return o.parent + "/nodePools/" + o.text("name"), nil
}

// clusterOf is the id of the cluster of a node pool with this id.
func clusterOf(pool string) string {
	return pool[:len(pool)-len("/nodePools/")-len(lastSegment(pool))]
}

// completePool checks the pool against its cluster and sets what it takes from
// it.
func completePool(o *operation) error {
	o.parent = clusterOf(o.id)
	cluster, found, err := get(o.tx, o.parent)
	if err != nil {
		return err
	}
	if !found {
		return refuse(http.StatusNotFound, "notFound", "Not found: %s.", o.parent)
	}
	if err := checkPool(o, cluster); err != nil {
		return err
	}
	location := o.text("location")
	zones := clusterZones(location, texts(cluster.Attributes["node_locations"]))
	if own := texts(o.data.Get("node_locations")); len(own) > 0 {
		zones = own
	}
	if err := checkZones("NodePool.locations", regionOf(location), zones); err != nil {
		return err
	}
	o.set("node_locations", zones)
	o.fill("version", kubernetesVersion)
	o.fill("max_pods_per_node", cluster.Attributes["default_max_pods_per_node"])
	pool := poolOf(o.attributes(), zones)
	o.set("node_count", pool.perZone)
	o.fill("initial_node_count", pool.perZone)
	if _, err := pool.nodes(o.parent); err != nil {
		return err
	}
	return o.makeInstanceGroups(pool)
}

// checkPool refuses what GKE refuses of a pool in this cluster.
func checkPool(o *operation, cluster record) error {
	channel := ""
	if blocks, _ := cluster.Attributes["release_channel"].([]any); len(blocks) > 0 && blocks[0] != nil {
		channel, _ = blocks[0].(map[string]any)["channel"].(string)
	}
	if o.number("management.#") > 0 && !o.flag("management.0.auto_upgrade") && channel != "" && channel != "UNSPECIFIED" {
		return refuse(http.StatusBadRequest, "badRequest", "Auto_upgrade must be true when release_channel %s is set.", channel)
	}
	return nil
}

// makeInstanceGroups stores the group of each zone, and says where they are.
func (o *operation) makeInstanceGroups(pool pool) error {
	var managers, groups []string
	for _, zone := range pool.zones {
		name := pool.prefix(o.parent) + "-grp"
		group := fmt.Sprintf("projects/%s/zones/%s/instanceGroups/%s", o.project(), zone, name)
		groups = append(groups, computeURL+group)
		managers = append(managers, fmt.Sprintf("%sprojects/%s/zones/%s/instanceGroupManagers/%s", computeURL, o.project(), zone, name))
		err := o.tx.Put(group, record{Type: instanceGroup, Parent: o.id, Attributes: map[string]any{
			"name":      name,
			"zone":      zone,
			"self_link": computeURL + group,
		}})
		if err != nil {
			return err
		}
	}
	// The provider calls the managers instance groups.
	o.set("instance_group_urls", managers)
	o.set("managed_instance_group_urls", groups)
	return nil
}

func setPoolNodes(ctx context.Context, c cloud, o *operation) error {
	nodes, err := poolOf(o.attributes(), texts(o.data.Get("node_locations"))).nodes(clusterOf(o.id))
	if err != nil {
		return err
	}
	cluster, err := c.clusters.Create(ctx, clusterOf(o.id)) // or start it again
	if err != nil {
		return err
	}
	return cluster.SetNodes(ctx, o.text("name"), nodes)
}

func removePoolNodes(ctx context.Context, c cloud, o *operation) error {
	cluster, found, err := c.clusters.Get(clusterOf(o.id))
	if err != nil || !found {
		return err
	}
	return cluster.SetNodes(ctx, lastSegment(o.id), []controlplane.Node{})
}

// clusterZones are where the nodes of a cluster are: its own zone, if it is in
// one, and those that it names.
func clusterZones(location string, named []string) []string {
	if location != regionOf(location) {
		return append([]string{location}, named...)
	}
	return named
}

// hash is a short mark of a text.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:8]
}
