package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Bounds of what a stack file may ask for. Lengths of names leave room for what
// the program adds to them; the others are limits of the clouds,
// from their published quotas.
const (
	maxIDLength       = 30 // of a tenant or a model
	maxMachineLength  = 20 // of a network interface's name
	maxDNSLabelLength = 37 // the gateways' labels add a region, a number and zones, 63 in all
	maxGatewayNumber  = 99
	maxHostLength     = 253 // of a DNS name
	maxDomainLength   = maxHostLength - maxIDLength - len(".")
	maxPathLength     = 1024 // of a match or a rewrite of Google's URL maps, which are the stricter
	maxHosts          = 5    // of a listener of Application Gateway
	maxStreamSeconds  = 3600 // Application Gateway drains for an hour at most
	maxStartupSeconds = 3600
	maxGateway        = 125 // instances of an Application Gateway
	maxGatewayMinimum = 100 // instances that one always has
	maxInstances      = 2000
	maxReplicas       = 1000
	maxNodes          = 1000
	maxNetworks       = 50 // of a cluster's authorized networks; by Kubernetes Engine's discovery document
	// GKE has disks from 10 GB on, of which images and logs leave little below 20;
	// Compute Engine has them up to 64 TiB.
	minNodeDiskGiB, minDiskGiB, maxDiskGiB = 20, 20, 64 * 1024
	maxTags                                = 50 // of a resource of Azure; Google takes 64 labels
	// The largest machine of Compute Engine, of the X4 series, has 32 TiB.
	maxMachineMemoryGiB = 32 * 1024
)

// Labels are held to what Google, the stricter of the two clouds, and
// Kubernetes both take.
// Source: cloud.google.com/compute/docs/labeling-resources#requirements.
var (
	labelKey   = regexp.MustCompile(`^[a-z]([a-z0-9_-]{0,61}[a-z0-9])?$`)
	labelValue = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`)
	costCenter = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$`)

	// Container groups, which are named after tenants and models, have no two hyphens
	// together in their names.
	// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerinstance.
	idForm      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	dnsLabel    = regexp.MustCompile(fmt.Sprintf(`^[a-z][a-z0-9-]{0,%d}[a-z0-9]$`, maxDNSLabelLength-2))
	machineName = regexp.MustCompile(fmt.Sprintf(`^[a-z0-9]([a-z0-9-]{0,%d}[a-z0-9])?$`, maxMachineLength-2))
	cidrForm    = regexp.MustCompile(`^[0-9.]+/[0-9]+$`) // of IPv4
	timeOfDay   = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	timestamp   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`)
	prefixForm  = regexp.MustCompile(`^[0-9A-Fa-f.:]+/[0-9]+$`) // of IPv4 and IPv6

	// The last label of a name begins with a letter, or it would be an address.
	hostName       = regexp.MustCompile(`^` + hostForm + `$`)
	hostOrWildcard = regexp.MustCompile(`^(\*\.)?` + hostForm + `$`)

	urlPath     = regexp.MustCompile(`^/(` + pathSegment + `(/` + pathSegment + `)*/?)?$`)
	pathPattern = regexp.MustCompile(`^((/` + segment + `)+(/\*)?|/\*)$`)

	filePattern = regexp.MustCompile(`^[^/\\][^\\]*\.ya?ml$`)

	gcpProject = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	zoneLetter = regexp.MustCompile(`^[a-z]$`)
)

// Parts of the regular expressions.
const (
	hostForm = `([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?`
	// segment is what Application Gateway takes between the slashes of a path; it does
	// not know %20 or &.
	// Source: github.com/Azure/application-gateway-kubernetes-ingress/issues/1145
	// (ApplicationGatewayPathRuleInvalidCharacter).
	segment = `[A-Za-z0-9._~!$'()+,;=:@-]+`
	// pathSegment is what RFC 3986 allows there, but for *, which is a wildcard to
	// others. Source: HTTPHealthCheck.requestPath in Compute Engine's discovery document.
	pathSegment = `([A-Za-z0-9._~!$&'()+,;=:@-]|%[0-9A-Fa-f]{2})+`
)

// pathOf gives the path of a section in the stack file.
type pathOf func(section string) *field.Path

// validate reports every value that the program or a cloud would refuse.
func (c Config) validate(path pathOf) field.ErrorList {
	errs := c.validateLists(path)
	c, misspelt := c.withRegionsMeant(path)
	return append(errs, besides(append(misspelt, errs...), c.validateSections(path))...)
}

func (c Config) validateSections(path pathOf) field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, c.Platform.validate(path("platform"))...)
	errs = append(errs, c.validateTraffic(path("platform").Child("traffic"))...)
	errs = append(errs, c.validateModels(path("models"))...)
	errs = append(errs, c.validateAzure(path("azure"))...)
	errs = append(errs, c.validateGCP(path("gcp"))...)
	errs = append(errs, c.validateAddressSpaces(path)...)
	errs = append(errs, c.validateResidencies(path("platform").Child("residencies"))...)
	errs = append(errs, c.validateTLS(path)...)
	errs = append(errs, c.validateDrained(path("tenants"))...)
	errs = append(errs, c.validateGoogle(path)...)
	errs = append(errs, c.validateMachines(path)...)
	errs = append(errs, c.validateEgress(path)...)
	errs = append(errs, c.validateRegistries(path("platform").Child("registries"))...)
	errs = append(errs, c.validateTenantScaling(path)...)
	errs = append(errs, c.Azure.Firewall.validate(path("azure").Child("firewall"))...)
	errs = append(errs, c.validateTenants(path)...)
	return errs
}

func validateBetween(path *field.Path, value, least, most int) field.ErrorList {
	if value < least || value > most {
		return field.ErrorList{field.Invalid(path, value, fmt.Sprintf("must be between %d and %d", least, most))}
	}
	return nil
}

func validateRange(path *field.Path, r Range, leastMin, leastMax, most int) field.ErrorList {
	errs := validateBetween(path.Child("min"), r.Min, leastMin, most)
	errs = append(errs, validateBetween(path.Child("max"), r.Max, leastMax, most)...)
	if len(errs) > 0 {
		return errs
	}
	return validateOrder(path, r)
}

func validateOrder(path *field.Path, r Range) field.ErrorList {
	if r.Max < r.Min {
		return field.ErrorList{field.Invalid(path.Child("max"), r.Max, fmt.Sprintf("must not be less than min, %d", r.Min))}
	}
	return nil
}

// notIn is the error of a reference to what the stack file does not have.
func notIn[T any](path *field.Path, name, where string, known map[string]T) *field.Error {
	names := slices.Sorted(maps.Keys(known))
	return field.Invalid(path, name, "is not in "+where+suggest(name, names)+": "+strings.Join(names, ", "))
}
