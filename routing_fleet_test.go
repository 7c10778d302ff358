package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/internal/gcp/metricsadapter"
	"ai-serving/internal/testkit"
)

// workload names what serves a model to a tenant, or to all that share it, whose
// name is "".
type workload struct{ tenant, model string }

func (w workload) String() string {
	if w.tenant == "" {
		return w.model + " of the pool"
	}
	return w.model + " of " + w.tenant
}

// fleet is what serves, by the labels that a recording's resources have: whose it
// is does not depend on how anything is called.
type fleet struct {
	// members are the addresses of container groups, the ids of network interfaces
	// and the links of groups, by place.
	members map[string]map[workload][]string
	drained func(place string) bool
	// interfaces are the ids of those that say that they are in a pool, by its id.
	interfaces map[string][]string
	// grace is what pods have until they are killed, and the part of it in which
	// they are not told yet; in seconds, by workload.
	grace map[workload][]podGrace
}

type podGrace struct{ total, preStop int }

func (f *fleet) add(place string, w workload, member string) {
	if f.members[place] == nil {
		f.members[place] = map[workload][]string{}
	}
	f.members[place][w] = append(f.members[place][w], member)
}

// at lists a workload's members at a place; "gcp" is all of Google's regions that
// are not drained.
func (f *fleet) at(place string, w workload) []string {
	var all []string
	for where, members := range f.members {
		if where == place || place == "gcp" && strings.HasPrefix(where, "gcp/") && !f.drained(where) {
			all = append(all, members[w]...)
		}
	}
	slices.Sort(all)
	return all
}

// newFleet reads what serves from a recording.
func newFleet(recording *testkit.Recording, drained func(place string) bool) (*fleet, error) {
	f := &fleet{
		members: map[string]map[workload][]string{}, drained: drained,
		interfaces: map[string][]string{}, grace: map[workload][]podGrace{},
	}
	for _, group := range recording.OfType("azure-native:containerinstance:ContainerGroup") {
		address := object(group.Outputs["ipAddress"])["ip"].StringValue()
		f.add("azure/"+input(group, "location"), labelled(group.Inputs["tags"]), address)
	}
	for _, machine := range recording.OfType("azure-native:network:NetworkInterface") {
		f.add("azure/"+input(machine, "location"), labelled(machine.Inputs["tags"]), machine.ID)
		for _, configuration := range list(machine.Inputs["ipConfigurations"]) {
			for _, pool := range list(object(configuration)["applicationGatewayBackendAddressPools"]) {
				id := object(pool)["id"].StringValue()
				f.interfaces[id] = append(f.interfaces[id], machine.ID)
			}
		}
	}
	if err := f.addInstances(recording); err != nil {
		return nil, err
	}
	return f, f.addPods(recording)
}

// addInstances follows each instance group to the template that its machines are
// made from.
func (f *fleet) addInstances(recording *testkit.Recording) error {
	templates := map[string]testkit.Resource{}
	for _, template := range recording.OfType("gcp:compute/instanceTemplate:InstanceTemplate") {
		templates[template.Outputs["selfLinkUnique"].StringValue()] = template
	}
	for _, manager := range recording.OfType("gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager") {
		versions := list(manager.Inputs["versions"])
		if len(versions) != 1 {
			return fmt.Errorf("instance group %q has %d versions", manager.Name, len(versions))
		}
		template, found := templates[object(versions[0])["instanceTemplate"].StringValue()]
		if !found {
			return fmt.Errorf("instance group %q has no template", manager.Name)
		}
		f.add("gcp/"+input(manager, "region"), labelled(template.Inputs["labels"]), manager.Outputs["instanceGroup"].StringValue())
	}
	return nil
}

// addPods follows each endpoint group to the Service that it is made for, and that
// to its pods, in every zone of the region's nodes.
func (f *fleet) addPods(recording *testkit.Recording) error {
	clusters := map[string]testkit.Resource{} // by their name
	for _, cluster := range recording.OfType("gcp:container/cluster:Cluster") {
		clusters[cluster.Outputs["name"].StringValue()] = cluster
	}
	providers := map[resource.URN]string{} // the names of their clusters
	for _, provider := range recording.OfType("pulumi:providers:kubernetes") {
		providers[provider.URN] = input(provider, "clusterIdentifier")
	}
	pods := map[string]workload{} // by cluster, namespace and selector
	for _, deployment := range ofServers(recording, "kubernetes:apps/v1:Deployment") {
		spec := deployment.Inputs["spec"].ObjectValue()
		template := spec["template"].ObjectValue()
		labels := template["metadata"].ObjectValue()["labels"]
		w := labelled(labels)
		key := podKey(providers[deployment.Provider], deployment, spec["selector"].ObjectValue()["matchLabels"])
		if other, taken := pods[key]; taken {
			return fmt.Errorf("%s and %s have the same selector", other, w)
		}
		pods[key] = w
		f.grace[w] = append(f.grace[w], graceOf(template["spec"].ObjectValue()))
	}
	for _, service := range ofServers(recording, "kubernetes:core/v1:Service") {
		cluster := providers[service.Provider]
		w, found := pods[podKey(cluster, service, service.Inputs["spec"].ObjectValue()["selector"])]
		if !found {
			return fmt.Errorf("service %q has no pods", service.Name)
		}
		group, err := endpointGroupOf(service)
		if err != nil {
			return err
		}
		region := input(clusters[cluster], "location")
		project := input(clusters[cluster], "project")
		for _, zone := range texts(clusters[cluster].Inputs["nodeLocations"]) {
			f.add("gcp/"+region, w, fmt.Sprintf("https://www.googleapis.com/compute/v1/projects/%s/zones/%s/networkEndpointGroups/%s", project, zone, group))
		}
	}
	return nil
}

// ofServers are the objects of a type but for those of the adapter of metrics, which
// answers autoscalers alone.
func ofServers(recording *testkit.Recording, token string) []testkit.Resource {
	return slices.DeleteFunc(recording.OfType(token), func(object testkit.Resource) bool {
		return object.Inputs["metadata"].ObjectValue()["namespace"].StringValue() == metricsadapter.Namespace
	})
}

func podKey(cluster string, object testkit.Resource, selector resource.PropertyValue) string {
	namespace := object.Inputs["metadata"].ObjectValue()["namespace"].StringValue()
	return fmt.Sprint(cluster, " ", namespace, " ", selector.Mappable())
}

// graceOf reads a pod's time to end.
func graceOf(pod resource.PropertyMap) podGrace {
	container := pod["containers"].ArrayValue()[0].ObjectValue()
	preStop := container["lifecycle"].ObjectValue()["preStop"].ObjectValue()["sleep"].ObjectValue()["seconds"]
	return podGrace{int(pod["terminationGracePeriodSeconds"].NumberValue()), int(preStop.NumberValue())}
}

// endpointGroupOf is the name that a Service's annotation gives to its groups.
func endpointGroupOf(service testkit.Resource) (string, error) {
	annotation := service.Inputs["metadata"].ObjectValue()["annotations"].ObjectValue()["cloud.google.com/neg"].StringValue()
	var neg struct {
		ExposedPorts map[string]struct {
			Name string `json:"name"`
		} `json:"exposed_ports"`
	}
	if err := json.Unmarshal([]byte(annotation), &neg); err != nil {
		return "", fmt.Errorf("service %q: %w", service.Name, err)
	}
	for _, port := range neg.ExposedPorts {
		return port.Name, nil
	}
	return "", fmt.Errorf("service %q exposes no port", service.Name)
}

// labelled is the workload that labels name.
func labelled(labels resource.PropertyValue) workload {
	text := func(key resource.PropertyKey) string {
		if value := object(labels)[key]; value.IsString() {
			return value.StringValue()
		}
		return ""
	}
	return workload{text("tenant"), text("model")}
}

// input is one that is a text; "" if there is none.
func input(registered testkit.Resource, name resource.PropertyKey) string {
	if value := registered.Inputs[name]; value.IsString() {
		return value.StringValue()
	}
	return ""
}

// list and object are what a value holds; nothing, where it is of another kind.
func list(value resource.PropertyValue) []resource.PropertyValue {
	if !value.IsArray() {
		return nil
	}
	return value.ArrayValue()
}

func object(value resource.PropertyValue) resource.PropertyMap {
	if !value.IsObject() {
		return nil
	}
	return value.ObjectValue()
}

func texts(value resource.PropertyValue) []string {
	var all []string
	for _, element := range list(value) {
		all = append(all, element.StringValue())
	}
	return all
}
