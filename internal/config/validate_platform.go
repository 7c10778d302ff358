package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

var (
	// reservedLabels are those that the program sets itself.
	reservedLabels = []string{"project", "stack", "managed-by", "tenant", "tier", "model", "cost-center"}
	// reservedPrefixes begin labels that the clouds set themselves: the tags of Azure
	// and the labels of Google.
	// Sources: blog.sandro-pereira.com/2025/05/30/friday-fact-azure-tags-naming-size-limits-and-restrictions;
	// cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels.
	reservedPrefixes = []string{"azure", "goog", "microsoft", "windows"}
)

// Azure refuses DNS names with its trademarks, of its Traffic Manager profiles and
// of its public IP addresses (DomainNameLabelReserved): with some of them anywhere,
// and with others as the whole name.
// Sources: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name;
// that XBOX and LOGIN are refused anywhere: github.com/MicrosoftDocs/azure-docs/issues/104539.
var (
	reservedParts = []string{"login", "microsoft", "windows", "xbox"}
	reservedNames = []string{
		"access", "azure", "bing", "bizspark", "biztalk", "cortana", "directx", "dotnet", "dynamics", "excel", "exchange",
		"forefront", "groove", "hololens", "hyperv", "kinect", "lync", "msdn", "o365", "office", "office365", "onedrive",
		"onenote", "outlook", "powerpoint", "sharepoint", "skype", "visio", "visualstudio",
	}
)

func (p Platform) validate(path *field.Path) field.ErrorList {
	errs := p.validateDomain(path.Child("domain"))
	errs = append(errs, p.validateLabels(path.Child("labels"))...)
	if slices.Contains(reservedNames, p.DNSLabel) {
		errs = append(errs, field.Invalid(path.Child("dnsLabel"), p.DNSLabel, "is a DNS name that Azure keeps for itself: choose another name"))
	} else if word := reservedPart(p.DNSLabel); word != "" {
		errs = append(errs, field.Invalid(path.Child("dnsLabel"), p.DNSLabel, trademark(word)))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Residencies)) {
		// Profiles are named after the label and the residency.
		if word := reservedPart(name); word != "" {
			errs = append(errs, field.Invalid(path.Child("residencies", name), name, trademark(word)))
		}
	}
	return errs
}

func (p Platform) validateLabels(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(p.Labels)) {
		prefix := slices.IndexFunc(reservedPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		switch {
		case slices.Contains(reservedLabels, key):
			errs = append(errs, field.Forbidden(path.Child(key), "the program sets this label itself, as it does "+strings.Join(reservedLabels, ", ")))
		case prefix >= 0:
			errs = append(errs, field.Forbidden(path.Child(key),
				fmt.Sprintf("labels that begin with %s are the cloud's own: begin it with another word", reservedPrefixes[prefix])))
		}
	}
	return errs
}

// reservedPart is what Azure does not allow in any part of a DNS name.
func reservedPart(name string) string {
	if i := slices.IndexFunc(reservedParts, func(word string) bool { return strings.Contains(name, word) }); i >= 0 {
		return reservedParts[i]
	}
	return ""
}

func trademark(word string) string {
	return fmt.Sprintf("has %q in it, which Azure keeps for itself in DNS names: choose another name", word)
}
