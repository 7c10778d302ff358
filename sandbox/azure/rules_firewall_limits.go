package azure

import "strings"

const gatewayLimits = "learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-application-gateway-limits"

var (
	firewallSizes = require("firewall/sizes",
		"A firewall policy inspects 8 to 2000 KB of a body, and takes bodies of 8 to 2000 KB and files of 1 to 4000 MB.", badRequest,
		gatewayLimits+"; in KB and MB as terraform-provider-azurerm has it, web_application_firewall_policy_resource.go; the code is inferred")
	firewallValueCount = require("firewall/value-count",
		"A match condition has at most 10 texts, or 600 ranges of addresses.", badRequest,
		gatewayLimits+"; the code is inferred")
)

// firewallBounds are the least and the most of the sizes of a policy's settings.
var firewallBounds = map[string][2]float64{
	"requestBodyInspectLimitInKB": {8, 2000},
	"maxRequestBodySizeInKb":      {8, 2000},
	"fileUploadLimitInMb":         {1, 4000},
}

func firewallSettings(r *request) error {
	for name, bounds := range firewallBounds {
		if size, given := number(r.body, nested, "policySettings", name); given && (size < bounds[0] || size > bounds[1]) {
			return refuse(firewallSizes, "The value %v of policySettings.%s of %s is not between %v and %v.", size, name, r.id, bounds[0], bounds[1])
		}
	}
	return nil
}

// The most values of a condition: of one that compares texts, and of one that compares
// addresses.
const (
	maxMatchTexts  = 10
	maxMatchRanges = 600
)

func firewallValues(r *request) error {
	for i, rule := range objects(r.body, nested, "customRules") {
		for _, condition := range objects(rule, "matchConditions") {
			most := maxMatchTexts
			if strings.EqualFold(text(condition, "operator"), "IPMatch") {
				most = maxMatchRanges
			}
			values, _ := dig(condition, "matchValues").([]any)
			isCountry := strings.EqualFold(text(condition, "operator"), "GeoMatch")
			if len(values) > most && !isCountry {
				return refuse(firewallValueCount, "Custom Rule '%s' has %d match values in a condition in context 'properties.customRules[%d]': the most is %d.", text(rule, "name"), len(values), i, most)
			}
		}
	}
	return nil
}
