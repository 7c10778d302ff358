package config

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Rule is what a value is held to by itself, whatever else the stack file says:
// loading checks it, and the schema of stack files shows it. What takes more than
// the value, or more than a schema can say, is checked by the validate functions.
type Rule struct {
	// Says is what is allowed, as the error tells it: "must be …".
	Says string
	// Values are all that a text may be, if any are listed.
	Values []string
	// Pattern is what a text has to match, if there is one.
	Pattern *regexp.Regexp
	// Shortest and Longest are how few and how many characters a text may have; 0 for
	// any number.
	Shortest, Longest int
	// List is what a text has to be in, unless the stack file allows more.
	List *List
	// Bounds are those of a number, if it has any.
	Bounds *Bounds
	// refusal makes the error where it is not the usual one.
	refusal func(path *field.Path, value string) *field.Error
}

// Bounds are the least and the largest of a number; infinite for none.
type Bounds struct {
	Least, Most float64
	// Open leaves the least itself out.
	Open bool
}

// Rules are what a key's value is held to.
type Rules struct {
	// Value is for a number or a text, and for every one in a list or a map.
	Value Rule
	// Keys is for the keys of a map.
	Keys Rule
	// Empty is what to do about a list or a map that is empty, where it must not
	// be.
	Empty string
	// Most is how many a list or a map may have; 0 for any number. Because is the
	// reason.
	Most    int
	Because string
	// Parts are for the keys of a Range.
	Parts map[string]Rules
}

// enums are the types that have only some values.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[TLS]():            texts(tlsModes),
	reflect.TypeFor[Routing]():        texts(routings),
	reflect.TypeFor[EndpointKind]():   texts(endpointKinds),
	reflect.TypeFor[Failover]():       texts(failovers),
	reflect.TypeFor[Isolation]():      texts(isolations),
	reflect.TypeFor[Weekday]():        texts(weekdays),
	reflect.TypeFor[ExclusionScope](): texts(exclusionScopes),
}

func texts[T ~string](values []T) []string {
	all := make([]string, 0, len(values))
	for _, value := range values {
		all = append(all, string(value))
	}
	return all
}

var (
	seconds = between(1, maxStreamSeconds)
	host    = Rule{
		Says:    "must be a DNS name of two labels or more, of 63 characters at most each, in lower case, such as ai.example.com",
		Pattern: hostName, Longest: maxHostLength,
	}
	wildcard = Rule{Says: host.Says, Pattern: hostOrWildcard, Longest: maxHostLength}
	zone     = Rule{
		Says:    fmt.Sprintf("must be a DNS name of two labels or more, of 63 characters at most each and %d in all, in lower case, such as ai.example.com", maxDomainLength),
		Pattern: hostName, Longest: maxDomainLength,
	}
	identifier = Rule{
		Says:    fmt.Sprintf("the name must be 1 to %d lower-case letters, digits and single hyphens, a letter first, no hyphen last", maxIDLength),
		Pattern: idForm, Longest: maxIDLength,
	}
	containerSubnet = Rule{
		Says:    "the name must be that of a subnet of container groups, <model>.0 or <tenant>-<model>.0, with another number for each three replicas",
		Pattern: regexp.MustCompile(`^[a-z][a-z0-9-]*\.[0-9]+$`), Longest: 2*maxIDLength + len("-.000"),
	}
	variable = matching(variableName, "a variable's name must be 1 to 63 letters, digits and underscores, a letter first, a letter or digit last")
	// Source: github.com/virtual-kubelet/virtual-kubelet/issues/296 (InvalidEnvironmentVariable).
	variableValue  = Rule{Says: "must not be empty: Container Instances refuse a variable without a value; leave it out", Shortest: 1}
	amount         = matching(memoryForm, `must be a number above 0 with its unit, Mi, Gi, Ti, M, G or T, such as "512Mi" or "8Gi"`)
	argument       = Rule{Says: "must not be empty", Shortest: 1}
	secret         = matching(secretName, "must be the name of a key that holds a secret: 1 to 63 letters, digits, hyphens and underscores, a letter first, and not azure, gcp, models, platform, tenantFiles, tenants")
	vaultSecret    = Rule{Says: secretForm, Pattern: secretID, refusal: notASecret}
	userAssigned   = matching(identityID, "must be the resource id of a user-assigned identity: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>")
	pointInTime    = matching(timestamp, `must be a point in time in UTC, in quotes, such as "2026-12-18T00:00:00Z"`)
	privateNetwork = matching(cidrForm, "must be a private IPv4 network in CIDR form, such as 10.10.0.0/16")
)

// ProjectRule is for the value of gcp:project.
var ProjectRule = matching(gcpProject, "must be a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last")

const labelForm = "must be 1 to 63 lower-case letters, digits, hyphens and underscores, "

// rules are by the type and the key.
var rules = map[string]Rules{
	"Config.models":  {Keys: identifier, Empty: "name at least one model to serve"},
	"Config.tenants": {Keys: identifier, Empty: "name at least one tenant"},
	"Config.tenantFiles": {
		Value: matching(filePattern, "must be a pattern of YAML files below the project's directory, such as tenants/prod/*.yaml"),
		Empty: "name at least one pattern of files, or leave the key out",
	},

	"Platform.domain":   {Value: zone},
	"Platform.dnsLabel": {Value: matching(dnsLabel, fmt.Sprintf("must be 2 to %d lower-case letters, digits and hyphens, a letter first, no hyphen last", maxDNSLabelLength))},
	"Platform.labels": {
		Keys:  matching(labelKey, "the key "+labelForm+"a letter first, a letter or digit last"),
		Value: matching(labelValue, "the value "+labelForm+"a letter or digit first and last"),
		Most:  maxTags - len(reservedLabels), Because: fmt.Sprintf("Azure takes %d tags, of which the program sets up to %d", maxTags, len(reservedLabels)),
	},
	"Platform.residencies": {Keys: identifier},

	"Allow.azureRegions":       {Keys: newer(azureRegionList)},
	"Allow.gcpRegions":         {Keys: newer(gcpRegionList)},
	"Allow.machineTypes":       {Keys: newer(machineTypeList)},
	"Allow.accelerators":       {Keys: newer(acceleratorList)},
	"Allow.storageLocations":   {Value: newer(storageLocationList)},
	"Allow.geographies":        {Value: newer(geographyList)},
	"Allow.ruleSets":           {Value: newer(ruleSetList)},
	"NewGCPRegion.zones":       {Value: matching(zoneLetter, "must be the letter of a zone"), Empty: "name at least one zone"},
	"NewGCPRegion.nearest":     {Value: listed(azureRegionList)},
	"NewMachineType.cpu":       {Value: atLeast(1, "must be 1 or more")},
	"NewMachineType.memoryGiB": {Value: above(0, maxMachineMemoryGiB, "must be more than 0 and at most %d GiB")},
	"NewAccelerator.machines":  {Keys: listed(machineTypeList), Value: atLeast(1, "must be 1 or more"), Empty: "name at least one machine type"},

	"Traffic.minChildEndpoints": {Value: atLeast(1, "must be 1 or more")},
	"TrafficPlace.priority":     {Value: between(1, maxTrafficShare)},
	"TrafficPlace.weight":       {Value: between(1, maxTrafficShare)},
	"TrafficPlace.geography":    {Value: listed(geographyList)},
	"TrafficPlace.subnets":      {Value: matching(prefixForm, "must be a network in CIDR form, such as 203.0.113.0/24")},

	"Model.port": {Value: between(1, 65535)},
	"Model.healthPath": {Value: Rule{
		Says:    fmt.Sprintf("must be a path that starts with / and has no query, in the characters of a URL, of %d at most", maxPathLength),
		Pattern: urlPath, Longest: maxPathLength,
	}},
	"Model.paths": {
		Value: Rule{
			Says:    fmt.Sprintf(`must be a path that starts with /, either exact or with "/*" at its end, of letters, digits and -._~!$'()+,;=:@ between the slashes, %d characters at most`, maxPathLength),
			Pattern: pathPattern, Longest: maxPathLength,
		},
		Empty: "name at least one path that routes to the model",
	},
	"Model.startupSeconds":   {Value: between(1, maxStartupSeconds)},
	"Model.maxStreamSeconds": {Value: seconds},

	"ModelAzure.networkInterfaces": {Value: matching(machineName, fmt.Sprintf("must be 1 to %d lower-case letters, digits and hyphens, a letter or digit first and last", maxMachineLength))},
	"Containers.cpu":               {Value: inSteps(cpuStep, maxGroupCPU, "cores")},
	"Containers.memoryGiB":         {Value: inSteps(memoryStep, maxGroupMemoryGiB, "GiB")},
	"Containers.replicas":          {Value: between(1, maxReplicas)},
	"Server.command":               {Value: argument},
	"Server.args":                  {Value: argument},
	"Server.environment":           {Keys: variable, Value: variableValue},
	"Server.secretEnvironment":     {Keys: variable, Value: secret},
	"Server.user":                  {Value: between(1, maxUser)},
	"Server.writable":              {Value: matching(directory, "must be the whole path of a directory, such as /home/server")},
	"Server.scratch":               {Value: amount},
	"Server.sharedMemory":          {Value: amount},
	"Server.weights":               {Value: Rule{Says: "must be a folder of a bucket, as gs://<bucket>/<folder>, without a slash at its end", Pattern: weightsForm, Longest: maxWeightsLength}},
	"Model.metricsPath":            {Value: Rule{Says: "must be a path that starts with / and has no query, such as /metrics", Pattern: urlPath, Longest: maxPathLength}},
	"Model.metricsPort":            {Value: between(1, 65535)},
	"Egress.cidr":                  {Value: matching(cidrForm, "must be an IPv4 network in CIDR form, such as 10.9.0.0/24")},
	"Egress.port":                  {Value: between(1, 65535)},
	"Scaling.metric":               {Value: matching(metricForm, "must be cpu, requests, or the name of a gauge, such as vllm:num_requests_waiting")},
	"Scaling.target":               {Value: atLeast(1, "must be 1 or more")},
	"Instances.diskGiB":            {Value: between(minDiskGiB, maxDiskGiB)},
	"Nodes.diskGiB":                {Value: between(minNodeDiskGiB, maxDiskGiB)},
	"GPUNodes.diskGiB":             {Value: between(minNodeDiskGiB, maxDiskGiB)},
	"Model.preset":                 {Value: oneOf(presetNames)},
	"Kubernetes.cpu":               {Value: matching(cpuForm, `must be a number of cores, of three places at most, or of thousandths with m, such as "2", "0.5" or "500m"`)},
	"Kubernetes.memory":            {Value: amount},
	"Kubernetes.replicas":          bounds(1, 1, maxReplicas),
	"GPU.type":                     {Value: listed(acceleratorList)},
	"GPU.count":                    {Value: atLeast(1, "must be 1 or more: leave gpu out for a model that needs none")},
	"Instances.machineType":        {Value: listed(machineTypeList)},
	"Instances.replicas":           bounds(1, 1, maxInstances),

	"Azure.regions":             {Keys: listed(azureRegionList), Empty: "name at least one region of Azure"},
	"Azure.identity":            {Value: userAssigned},
	"Azure.certificates":        {Keys: identifier},
	"Registry.identity":         {Value: userAssigned},
	"Registry.username":         {Value: matching(username, "must be a user name without spaces and colons")},
	"Registry.password":         {Value: secret},
	"LogAnalytics.workspaceId":  {Value: matching(workspaceID, "must be the workspace's own id, a UUID")},
	"LogAnalytics.workspaceKey": {Value: secret},
	"ContainerQuota.groups":     {Value: between(0, maxQuota)},
	"ContainerQuota.cores":      {Value: between(0, maxQuota)},
	"Certificate.hosts":         {Value: wildcard, Empty: "name at least one host"},
	"Certificate.secret":        {Value: vaultSecret},
	"Firewall.ruleSet":          {Value: listed(ruleSetList)},
	"Firewall.exclusions":       {Most: maxExclusions},
	"Exclusion.variable":        {Value: oneOf(exclusionVariables)},
	"Exclusion.operator":        {Value: oneOf(exclusionOperators)},
	"Maintenance.exclusions": {
		Keys: identifier, Most: maxMaintenanceExclusions, Because: fmt.Sprintf("a GKE cluster takes %d", maxMaintenanceExclusions),
	},
	"Maintenance.start":          {Value: matching(timeOfDay, `must be a time of day in UTC, in quotes, such as "03:00"`)},
	"Maintenance.hours":          {Value: between(leastWindowHours, mostWindowHours)},
	"MaintenanceExclusion.start": {Value: pointInTime},
	"MaintenanceExclusion.end":   {Value: pointInTime},
	"AzureRegion.cidr":           {Value: privateNetwork},
	"AzureRegion.containerSubnets": {
		Keys:  containerSubnet,
		Value: matching(cidrForm, "must be an IPv4 network in CIDR form, such as 10.10.192.0/28"),
	},
	// An autoscaled gateway has 100 instances at most at its minimum, and two at
	// least at its maximum.
	// Source: github.com/hashicorp/terraform-provider-azurerm/pull/4958.
	"AzureGateway.capacity": {Parts: map[string]Rules{"min": {Value: between(0, maxGatewayMinimum)}, "max": {Value: between(2, maxGateway)}}},

	"GCP.regions": {Keys: listed(gcpRegionList), Empty: "name at least one region of Google's cloud"},
	"GCP.authorizedNetworks": {
		Value: matching(cidrForm, "must be an IPv4 network in CIDR form, such as 203.0.113.0/24"), Empty: "name at least the network that deploys the stack: no other network reaches the clusters' API servers",
		Most: maxNetworks, Because: "a cluster takes no more",
	},
	"GCP.staticLocation": {Value: listed(storageLocationList)},
	"GCP.certificateMap": {Value: matching(certificateMapID, "must be the id of a certificate map: projects/<project>/locations/global/certificateMaps/<name>")},
	"GCPRegion.gpus":     {Keys: listed(acceleratorList)},
	"GCPRegion.certificates": {
		Value: matching(regionalCertificateID, "must be the id of a regional certificate of Certificate Manager: projects/<project>/locations/<region>/certificates/<name>"),
		Most:  maxProxyCertificates,
	},
	"GCPRegion.cidr":       {Value: privateNetwork},
	"Nodes.machineType":    {Value: listed(machineTypeList)},
	"GPUNodes.machineType": {Value: listed(machineTypeList)},
	"GPUNodes.count":       bounds(0, 1, maxNodes),
	"GPUNodes.quota":       {Value: atLeast(1, "must be how many the project may have in the region: ask Google for some where it has none")},
	"Nodes.count":          bounds(1, 1, maxNodes),

	"Tenant.models":             {Empty: "name at least one model of the catalogue"},
	"Tenant.regions":            {Empty: "name at least one region, or leave the key out to be served everywhere"},
	"Tenant.hosts":              {Value: host, Most: maxHosts},
	"Tenant.rateLimitPerMinute": {Value: between(0, maxRateLimit)},
	"Tenant.maxStreamSeconds":   {Value: seconds},
	"Tenant.replicas":           bounds(1, 1, maxReplicas),
	"Tenant.costCenter":         {Value: matching(costCenter, "must be 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last: it becomes a label")},
	"Tenant.gateway":            {Value: between(1, maxGatewayNumber)},
	"Canary.percent":            {Value: between(0, maxCanaryPercent)},
}

func matching(pattern *regexp.Regexp, says string) Rule { return Rule{Says: says, Pattern: pattern} }

func oneOf(values []string) Rule { return Rule{Values: values} }

func between(least, most int) Rule {
	return Rule{Says: fmt.Sprintf("must be between %d and %d", least, most), Bounds: &Bounds{Least: float64(least), Most: float64(most)}}
}

// inSteps is for numbers from one step on, to the most.
func inSteps(step, most float64, unit string) Rule {
	return Rule{Says: fmt.Sprintf("must be %g to %g %s, in steps of %g", step, most, unit, step), Bounds: &Bounds{Least: step, Most: most}}
}

// above is for numbers of which the least is not one; says has the most in it.
func above(least, most int, says string) Rule {
	return Rule{Says: fmt.Sprintf(says, most), Bounds: &Bounds{Least: float64(least), Most: float64(most), Open: true}}
}

func atLeast(least int, says string) Rule {
	return Rule{Says: says, Bounds: &Bounds{Least: float64(least), Most: math.Inf(1)}}
}

// bounds are for a Range.
func bounds(leastMin, leastMax, most int) Rules {
	return Rules{Parts: map[string]Rules{"min": {Value: between(leastMin, most)}, "max": {Value: between(leastMax, most)}}}
}

// ofElements are the rules of what is in a list or a map.
func (r Rules) ofElements() Rules { return Rules{Value: r.Value} }

// check reports a text or a number that the rule does not allow.
func (r Rule) check(path *field.Path, value any) field.ErrorList {
	if text, ok := value.(string); ok {
		return r.checkText(path, text)
	}
	number, ok := value.(float64)
	if whole, is := value.(int64); is {
		number, ok = float64(whole), true
	}
	if ok && r.Bounds != nil && (number < r.Bounds.Least || number > r.Bounds.Most || r.Bounds.Open && number == r.Bounds.Least) {
		return field.ErrorList{field.Invalid(path, value, r.Says)}
	}
	return nil
}

func (r Rule) checkText(path *field.Path, text string) field.ErrorList {
	switch {
	case r.Fits(text):
		return nil
	case r.refusal != nil:
		return field.ErrorList{r.refusal(path, text)}
	case len(r.Values) > 0:
		return field.ErrorList{field.NotSupported(path, text, r.Values)}
	default:
		return field.ErrorList{field.Invalid(path, text, r.Says)}
	}
}

// Fits reports whether the rule allows a text.
func (r Rule) Fits(text string) bool {
	length := utf8.RuneCountInString(text)
	return (len(r.Values) == 0 || slices.Contains(r.Values, text)) && (r.Pattern == nil || r.Pattern.MatchString(text)) &&
		length >= r.Shortest && (r.Longest == 0 || length <= r.Longest)
}

// checkSize reports a list or a map that has too few or too many.
func (r Rules) checkSize(path *field.Path, size int) field.ErrorList {
	switch {
	case size == 0 && r.Empty != "":
		return field.ErrorList{field.Required(path, r.Empty)}
	case r.Most > 0 && size > r.Most:
		return field.ErrorList{r.tooMany(path, size)}
	}
	return nil
}

func (r Rules) tooMany(path *field.Path, size int) *field.Error {
	err := field.TooMany(path, size, r.Most)
	if r.Because != "" {
		err.Detail += ": " + r.Because
	}
	return err
}
