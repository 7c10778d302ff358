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
	maxHostLength     = 253  // of a DNS name
	maxHosts          = 5    // of a listener of Application Gateway
	maxStreamSeconds  = 3600 // Application Gateway drains for an hour at most
	maxStartupSeconds = 3600
	maxGateway        = 125 // instances of an Application Gateway
	maxGatewayMinimum = 100 // instances that one always has
	maxInstances      = 2000
	maxReplicas       = 1000
	maxNodes          = 1000
)

// reservedLabels are those that the program sets itself.
var reservedLabels = []string{"project", "stack", "managed-by", "tenant", "tier", "model", "cost-center"}

// Labels are held to what Google, the stricter of the two clouds, and
// Kubernetes both take.
// Source: cloud.google.com/compute/docs/labeling-resources#requirements.
var (
	labelKey   = regexp.MustCompile(`^[a-z]([a-z0-9_-]{0,61}[a-z0-9])?$`)
	labelValue = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`)
	costCenter = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$`)

	idForm      = regexp.MustCompile(fmt.Sprintf(`^[a-z]([a-z0-9-]{0,%d}[a-z0-9])?$`, maxIDLength-2))
	dnsLabel    = regexp.MustCompile(fmt.Sprintf(`^[a-z][a-z0-9-]{0,%d}[a-z0-9]$`, maxDNSLabelLength-2))
	machineName = regexp.MustCompile(fmt.Sprintf(`^[a-z0-9]([a-z0-9-]{0,%d}[a-z0-9])?$`, maxMachineLength-2))
	cidrForm    = regexp.MustCompile(`^[0-9.]+/[0-9]+$`)        // of IPv4
	prefixForm  = regexp.MustCompile(`^[0-9A-Fa-f.:]+/[0-9]+$`) // of IPv4 and IPv6

	// The last label of a name begins with a letter, or it would be an address.
	hostName       = regexp.MustCompile(`^` + hostForm + `$`)
	hostOrWildcard = regexp.MustCompile(`^(\*\.)?` + hostForm + `$`)

	urlPath     = regexp.MustCompile(`^/(` + segment + `(/` + segment + `)*/?)?$`)
	pathPattern = regexp.MustCompile(`^((/` + segment + `)+(/\*)?|/\*)$`)

	filePattern = regexp.MustCompile(`^[^/\\][^\\]*\.ya?ml$`)

	machineType = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+){1,3}$`)
	gcpProject  = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	location    = regexp.MustCompile(`^[A-Z][A-Z0-9-]+$`)
)

// Parts of the regular expressions.
const (
	hostForm = `([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?`
	segment  = `[A-Za-z0-9._~!$&'()+,;=:@%-]+`
)

// pathOf gives the path of a section in the stack file.
type pathOf func(section string) *field.Path

// validate reports every value that the program or a cloud would refuse.
func (c Config) validate(path pathOf) field.ErrorList {
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
	errs = append(errs, c.Azure.Firewall.validate(path("azure").Child("firewall"))...)
	errs = append(errs, c.validateTenants(path("tenants"))...)
	return errs
}

func (p Platform) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range reservedLabels {
		if _, taken := p.Labels[key]; taken {
			errs = append(errs, field.Forbidden(path.Child("labels", key), "the program sets this label itself, as it does "+strings.Join(reservedLabels, ", ")))
		}
	}
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
