package refusals

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
	container "google.golang.org/api/container/v1beta1"
)

var (
	clusterName = bad("cluster/name",
		"The name of a cluster has 1 to 40 lower-case letters, digits and dashes, a letter first and no dash last.",
		containers("Cluster.name"))
	clusterSubnetwork = bad("cluster/subnetwork",
		"A cluster's subnetwork is in its region and network.",
		documented("kubernetes-engine/docs/concepts/alias-ips"))
	clusterRange = bad("cluster/secondary-range",
		"The named ranges of a cluster are secondary ranges of its subnetwork.",
		containers("IPAllocationPolicy.clusterSecondaryRangeName"))
	clusterRangesDiffer = bad("cluster/ranges-differ",
		"Pods and services have different ranges.",
		"https://github.com/gruntwork-io/terraform-google-gke/issues/118")
	masterBlock = bad("cluster/control-plane-range",
		"The range of the control plane is a /28.",
		documented("kubernetes-engine/docs/how-to/private-clusters"))
	masterOverlap = bad("cluster/control-plane-overlap",
		"The range of the control plane overlaps no other range of the network.",
		containers("PrivateClusterConfig.masterIpv4CidrBlock"))
	authorizedBlocks = bad("cluster/authorized-networks",
		"Authorized networks are in CIDR notation.",
		containers("MasterAuthorizedNetworksConfig.cidrBlocks"))
	networkPolicy = bad("cluster/dataplane-and-policy",
		"Dataplane V2 and the older network policies exclude each other.",
		documented("kubernetes-engine/docs/how-to/dataplane-v2"))
	workloadPool = bad("cluster/workload-pool",
		"The workload pool of a cluster is PROJECT.svc.id.goog, of its project.",
		documented("kubernetes-engine/docs/how-to/workload-identity"))
	nodeZones = bad("cluster/zones",
		"The zones of nodes are of the cluster's region.",
		containers("Cluster.locations"))
	poolsOrCount = bad("cluster/node-pools",
		"A cluster is made with node pools or an initial number of nodes.",
		containers("Cluster.initialNodeCount"))
)

// containerName is the form of the names of clusters and node pools.
var containerName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$`)

const controlPlaneBits = 28

// subnetworkOf gives a cluster's subnetwork, which it may name alone.
func subnetworkOf(r *request, c *container.Cluster) (link, *compute.Subnetwork, bool) {
	text := c.Subnetwork
	if text != "" && !strings.Contains(text, "/") {
		text = "regions/" + r.link.region() + "/subnetworks/" + text
	}
	l, ok := r.refer(text)
	if !ok {
		return link{}, nil, false
	}
	s, found := get[compute.Subnetwork](r.project, l)
	return l, s, found
}

func clusterNetwork(r *request, c *container.Cluster) error {
	if !containerName.MatchString(r.link.name) {
		return clusterName.Refuse("Invalid value for field \"cluster.name\": %q. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?)' (only alphanumerics and '-' allowed, must start with a letter and end with an alphanumeric, and must be no longer than 40 characters).", r.link.name)
	}
	l, s, found := subnetworkOf(r, c)
	if !found {
		return nil
	}
	network := c.Network
	if network != "" && !strings.Contains(network, "/") {
		network = "global/networks/" + network
	}
	if l.region() != r.link.region() || network != "" && !r.same(network, s.Network) {
		return clusterSubnetwork.Refuse("Subnetwork %q is not in network %q and region %q.", l, c.Network, r.link.region())
	}
	return nil
}

func clusterRanges(r *request, c *container.Cluster) error {
	policy := c.IpAllocationPolicy
	if policy == nil {
		return nil
	}
	pods, services := policy.ClusterSecondaryRangeName, policy.ServicesSecondaryRangeName
	if pods != "" && pods == services {
		return clusterRangesDiffer.Refuse("Pod secondary range name (%s) should not be the same as service secondary range name.", pods)
	}
	l, s, found := subnetworkOf(r, c)
	for _, name := range []string{pods, services} {
		has := func(secondary *compute.SubnetworkSecondaryRange) bool { return secondary.RangeName == name }
		if name != "" && found && !slices.ContainsFunc(s.SecondaryIpRanges, has) {
			return clusterRange.Refuse("Secondary range %q does not exist in subnetwork %q.", name, l)
		}
	}
	return nil
}

// rangeUser gives the cluster that uses a secondary range of the request's
// subnetwork; "" if none does.
func rangeUser(r *request, name string) string {
	user := ""
	_ = each(r, "clusters", func(l link, c *container.Cluster) error {
		subnetwork, _, found := subnetworkOf(&request{project: r.project, link: l}, c)
		policy := c.IpAllocationPolicy
		if found && subnetwork == r.link && policy != nil && (policy.ClusterSecondaryRangeName == name || policy.ServicesSecondaryRangeName == name) {
			user = l.String()
		}
		return nil
	})
	return user
}

func clusterControlPlane(r *request, c *container.Cluster) error {
	if authorized := c.MasterAuthorizedNetworksConfig; authorized != nil {
		for _, allowed := range authorized.CidrBlocks {
			if _, err := netip.ParsePrefix(allowed.CidrBlock); err != nil {
				return authorizedBlocks.Refuse("Invalid master authorized networks: network %q is not a CIDR block.", allowed.CidrBlock)
			}
		}
	}
	private := c.PrivateClusterConfig
	if private == nil || private.MasterIpv4CidrBlock == "" {
		return nil
	}
	text := private.MasterIpv4CidrBlock
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix.Bits() != controlPlaneBits || prefix != prefix.Masked() {
		return masterBlock.Refuse("Invalid value for field \"cluster.private_cluster_config.master_ipv4_cidr_block\": %q. Must be a /%d CIDR block.", text, controlPlaneBits)
	}
	_, own, found := subnetworkOf(r, c)
	if !found {
		return nil
	}
	err = each(r, "subnetworks", func(l link, s *compute.Subnetwork) error {
		for _, b := range blocks(s) {
			if r.same(s.Network, own.Network) && b.prefix.Overlaps(prefix) {
				return masterOverlap.Refuse("The given master_ipv4_cidr %s overlaps with the range %s of subnetwork %q.", text, b.text, l)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(r, "clusters", func(l link, other *container.Cluster) error {
		_, s, found := subnetworkOf(&request{project: r.project, link: l}, other)
		if !found || !r.same(s.Network, own.Network) || other.PrivateClusterConfig == nil {
			return nil
		}
		taken, err := netip.ParsePrefix(other.PrivateClusterConfig.MasterIpv4CidrBlock)
		if err == nil && taken.Overlaps(prefix) {
			return masterOverlap.Refuse("The given master_ipv4_cidr %s overlaps with that of the cluster %q.", text, l)
		}
		return nil
	})
}

func clusterSettings(r *request, c *container.Cluster) error {
	if c.NetworkConfig != nil && c.NetworkConfig.DatapathProvider == "ADVANCED_DATAPATH" && c.NetworkPolicy != nil && c.NetworkPolicy.Enabled {
		return networkPolicy.Refuse("Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed.")
	}
	if identity := c.WorkloadIdentityConfig; identity != nil && identity.WorkloadPool != "" && identity.WorkloadPool != r.link.project+".svc.id.goog" {
		return workloadPool.Refuse("Workload pool %q must be %s.svc.id.goog.", identity.WorkloadPool, r.link.project)
	}
	if err := checkZones(r, c.Locations); err != nil {
		return err
	}
	if err := checkNodeCount(c.InitialNodeCount); err != nil {
		return err
	}
	if r.creates() && c.InitialNodeCount > 0 && len(c.NodePools) > 0 {
		return poolsOrCount.Refuse("Only one of initial_node_count and node_pools may be specified.")
	}
	for _, pool := range c.NodePools {
		if err := poolUpkeepOn(c, pool); err != nil {
			return err
		}
		if err := poolNodesOn(c, pool); err != nil {
			return err
		}
	}
	return nil
}

func checkZones(r *request, zones []string) error {
	for _, z := range zones {
		if zoneRegion(z) != r.link.region() {
			return nodeZones.Refuse("Location %q is not a zone of the region %q.", z, r.link.region())
		}
	}
	return nil
}
