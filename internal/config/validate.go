package config

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Bounds of what a stack file may ask for. Lengths of names leave room for what
// the program adds to them; the others are limits of the clouds,
// from their published quotas.
const (
	maxIDLength       = 30 // of a tenant or a model
	maxMachineLength  = 20 // of a network interface's name
	maxDNSLabelLength = 38 // the gateways' labels add a region, a number and zones, 63 in all
	maxGatewayNumber  = 9
	maxHosts          = 5 // of a listener of Application Gateway
	maxStreamSeconds  = 3600
	maxStartupSeconds = 3600
	maxGateway        = 125 // instances of an Application Gateway
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

	dnsLabel    = regexp.MustCompile(`^[a-z][a-z0-9-]*[a-z0-9]$`)
	urlPath     = regexp.MustCompile(`^/([A-Za-z0-9._~!$&'()+,;=:@%-]+/?)*$`)
	machineType = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+){1,3}$`)
	gcpProject  = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	location    = regexp.MustCompile(`^[A-Z][A-Z0-9-]+$`)
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
	errs = append(errs, c.Azure.Firewall.validate(path("azure").Child("firewall"))...)
	errs = append(errs, c.validateTenants(path("tenants"))...)
	return errs
}

func (p Platform) validate(path *field.Path) field.ErrorList {
	errs := validateHost(path.Child("domain"), p.Domain)
	if len(p.DNSLabel) > maxDNSLabelLength || !dnsLabel.MatchString(p.DNSLabel) {
		errs = append(errs, field.Invalid(path.Child("dnsLabel"), p.DNSLabel,
			fmt.Sprintf("must be 2 to %d lower-case letters, digits and hyphens, a letter first, no hyphen last", maxDNSLabelLength)))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Labels)) {
		errs = append(errs, validateLabel(path.Child("labels").Child(key), key, p.Labels[key])...)
	}
	return errs
}

func validateLabel(path *field.Path, key, value string) field.ErrorList {
	if slices.Contains(reservedLabels, key) {
		return field.ErrorList{field.Forbidden(path, "the program sets this label itself, as it does "+strings.Join(reservedLabels, ", "))}
	}
	const form = "must be 1 to 63 lower-case letters, digits, hyphens and underscores, "
	var errs field.ErrorList
	if !labelKey.MatchString(key) {
		errs = append(errs, field.Invalid(path, key, "the key "+form+"a letter first, a letter or digit last"))
	}
	if !labelValue.MatchString(value) {
		errs = append(errs, field.Invalid(path, value, "the value "+form+"a letter or digit first and last"))
	}
	return errs
}

// validateID holds names to what a Kubernetes Service, the strictest of what is
// named after them, may be called: RFC 1035.
func validateID(path *field.Path, id string) field.ErrorList {
	if problems := validation.IsDNS1035Label(id); len(problems) > 0 || len(id) > maxIDLength {
		return field.ErrorList{field.Invalid(path, id,
			fmt.Sprintf("the name must be 1 to %d lower-case letters, digits and hyphens, a letter first, no hyphen last", maxIDLength))}
	}
	return nil
}

func validateHost(path *field.Path, host string) field.ErrorList {
	labels := strings.Split(host, ".")
	tooLong := func(label string) bool { return len(label) > validation.DNS1123LabelMaxLength }
	_, notIP := netip.ParseAddr(host)
	if len(validation.IsDNS1123Subdomain(host)) > 0 || len(labels) < 2 || slices.ContainsFunc(labels, tooLong) || notIP == nil {
		return field.ErrorList{field.Invalid(path, host, "must be a DNS name of two labels or more, of 63 characters at most each, in lower case, such as ai.example.com")}
	}
	return nil
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
	if len(errs) == 0 && r.Max < r.Min {
		errs = append(errs, field.Invalid(path.Child("max"), r.Max, fmt.Sprintf("must not be less than min, %d", r.Min)))
	}
	return errs
}

// notIn is the error of a reference to what the stack file does not have.
func notIn[T any](path *field.Path, name, where string, known map[string]T) *field.Error {
	names := slices.Sorted(maps.Keys(known))
	return field.Invalid(path, name, "is not in "+where+suggest(name, names)+": "+strings.Join(names, ", "))
}
