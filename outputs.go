package main

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

// warn logs the limits that are nearly full, while there is still room.
func warn(ctx *pulumi.Context, limits []topology.Limit) error {
	for _, limit := range limits {
		if !limit.NearlyFull() {
			continue
		}
		if err := ctx.Log.Warn(limit.Text+": "+limit.Advice, nil); err != nil {
			return err
		}
	}
	return nil
}

// warnOfUpgrades logs which models an upgrade of GKE's takes away for a while, or cuts.
func warnOfUpgrades(ctx *pulumi.Context, plan topology.Topology) error {
	for _, gap := range append(plan.UpgradeGaps(), plan.UpgradeCuts()...) {
		if err := ctx.Log.Warn(gap, nil); err != nil {
			return err
		}
	}
	return nil
}

// warnOfSilence logs which models may be silent for longer than Azure's gateways wait.
func warnOfSilence(ctx *pulumi.Context, plan topology.Topology) error {
	for _, stream := range plan.SilentStreams() {
		if err := ctx.Log.Warn(stream, nil); err != nil {
			return err
		}
	}
	return nil
}

// settingsLimit is how much of the room for the stack file's settings is used.
func settingsLimit(file config.File) (topology.Limit, error) {
	used, err := file.Settings()
	return topology.Limit{
		Text:   fmt.Sprintf("Pulumi.%s.yaml: %d of %d bytes of settings", file.Stack, used, config.MaxSettings),
		Share:  float64(used) / float64(config.MaxSettings),
		Advice: "move tenants to files of their own, and name those with " + file.Project + ":tenantFiles",
	}, err
}

// shownLimits is how many of the fullest limits are exported.
const shownLimits = 10

// limits are the fullest.
func limits(plan topology.Topology) pulumi.StringArray {
	var texts []string
	for _, limit := range plan.Limits[:min(shownLimits, len(plan.Limits))] {
		texts = append(texts, limit.Text)
	}
	return pulumi.ToStringArray(texts)
}

// export hands on what teams need from outside the program. An output named in
// the singular is the first of those in the plural below it.
func export(ctx *pulumi.Context, plan topology.Topology, azure azureSide, google googleSide) {
	dnsNames := azure.traffic.DNSNames
	ctx.Export("traffic_manager_dns_name", dnsNames[plan.Profiles[0].Key])
	ctx.Export("traffic_manager_dns_names", stringMap(dnsNames))

	ctx.Export("http_proxy_ip", google.regional[plan.GCP.Regions[0].Name].Address)
	proxies := pulumi.Map{}
	for region, balancer := range google.regional {
		proxies[region] = balancer.Address
	}
	ctx.Export("http_proxy_ips", proxies)

	ctx.Export("load_balancer_ip", google.global.Address)
	ctx.Export("load_balancer_ips", pulumi.Map{"global": google.global.Address})
	ctx.Export("forwarding_rule_ip", google.global.ForwardingRuleAddress)
	ctx.Export("forwarding_rule_ips", pulumi.Map{"global": google.global.ForwardingRuleAddress})

	if first, any := firstContainer(plan.Azure); any {
		ctx.Export("container_ip", azure.containers[first.region].Addresses[first.group])
	}
	containers, interfaces := pulumi.Map{}, pulumi.Map{}
	for _, region := range plan.Azure {
		containers[region.Name] = stringMap(azure.containers[region.Name].Addresses)
		interfaces[region.Name] = stringMap(azure.machines[region.Name].NetworkInterfaceIDs)
	}
	ctx.Export("container_ips", containers)
	ctx.Export("network_interface_ids", interfaces)

	ctx.Export("tenants", tenants(plan, dnsNames))
	ctx.Export("dns_records", dnsRecords(plan, dnsNames, google))
	ctx.Export("limits", limits(plan))
}

// container names a container group of a region.
type container struct{ region, group string }

func firstContainer(regions []topology.AzureRegion) (container, bool) {
	for _, region := range regions {
		if len(region.ContainerGroups) > 0 {
			return container{region.Name, region.ContainerGroups[0].Name}, true
		}
	}
	return container{}, false
}

// tenants says of each tenant where its hosts have to point, and what serves it
// where.
func tenants(plan topology.Topology, dnsNames map[string]pulumi.StringOutput) pulumi.Map {
	result := pulumi.Map{}
	for _, tenant := range plan.Tenants {
		places := pulumi.StringArray{}
		for _, place := range tenant.Places {
			places = append(places, pulumi.String(place.String()))
		}
		entry := pulumi.Map{
			"enabled":   pulumi.Bool(tenant.Enabled),
			"hosts":     pulumi.ToStringArray(tenant.Hosts),
			"models":    pulumi.ToStringArray(tenant.Models),
			"isolation": pulumi.String(tenant.Isolation),
			"places":    places,
		}
		if tenant.Enabled {
			entry["cname"] = dnsNames[tenant.Profile]
		}
		if tenant.Residency != "" {
			entry["residency"] = pulumi.String(tenant.Residency)
		}
		result[tenant.ID] = entry
	}
	return result
}

// dnsRecords lists every record that the team has to create, in the order of
// what depends on what: the load balancers' names before the tenants'.
func dnsRecords(plan topology.Topology, dnsNames map[string]pulumi.StringOutput, google googleSide) pulumi.Array {
	records := pulumi.Array{record(plan.GCP.Global.Host, "A", google.global.Address)}
	for _, region := range plan.GCP.Regions {
		records = append(records, record(region.LoadBalancer.Host, "A", google.regional[region.Name].Address))
	}
	for _, tenant := range plan.Tenants {
		if !tenant.Enabled {
			continue
		}
		for _, host := range tenant.Hosts {
			records = append(records, record(host, "CNAME", dnsNames[tenant.Profile]))
		}
	}
	return records
}

func record(name, kind string, value pulumi.StringInput) pulumi.Map {
	return pulumi.Map{"name": pulumi.String(name), "type": pulumi.String(kind), "value": value}
}

func stringMap(outputs map[string]pulumi.StringOutput) pulumi.StringMap {
	result := pulumi.StringMap{}
	for key, output := range outputs {
		result[key] = output
	}
	return result
}
