package config

import "strings"

// cloudDomains are the domains in which the two clouds name what their customers
// make, by their owner, who alone makes the records in them. The list has what a
// customer is likely to see; a host in a domain that it lacks is not refused.
//
// Sources, of November 2026: learn.microsoft.com/azure/security/fundamentals/azure-domains;
// the sections of Microsoft and Google in publicsuffix.org/list/public_suffix_list.dat;
// for the others see the line.
var cloudDomains = map[string]string{
	"azmk8s.io":             "Microsoft",
	"azure.com":             "Microsoft", // cloudapp.azure.com, of public IP addresses, too
	"azure-api.net":         "Microsoft",
	"azure-mobile.net":      "Microsoft",
	"azurecontainer.io":     "Microsoft",
	"azurecontainerapps.io": "Microsoft", // learn.microsoft.com/azure/container-apps/ingress-how-to
	"azurecr.io":            "Microsoft",
	"azureedge.net":         "Microsoft",
	"azurefd.net":           "Microsoft",
	"azurestaticapps.net":   "Microsoft",
	"azurewebsites.net":     "Microsoft",
	"cloudapp.net":          "Microsoft",
	"msecnd.net":            "Microsoft",
	"onmicrosoft.com":       "Microsoft",
	"trafficmanager.net":    "Microsoft", // of the stack's own profiles, too
	"visualstudio.com":      "Microsoft",
	"windows.net":           "Microsoft",
	"appspot.com":           "Google",
	"cloud.goog":            "Google",
	"cloudfunctions.net":    "Google",
	"firebaseapp.com":       "Google",
	"gateway.dev":           "Google",
	"googleapis.com":        "Google",
	"googlehosted.com":      "Google", // cloud.google.com/appengine/docs/standard/mapping-custom-domains
	"googleusercontent.com": "Google", // cloud.google.com/compute/docs/instances/create-ptr-record
	"hosted.app":            "Google",
	"run.app":               "Google",
	"translate.goog":        "Google",
	"web.app":               "Google",
	"usercontent.goog":      "Google",
}

// cloudDomainOf is the domain of a cloud that a host is, or is under, and its owner;
// "" if it is in none.
func cloudDomainOf(host string) (domain, owner string) {
	for domain = host; domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		if owner, ours := cloudDomains[domain]; ours {
			return domain, owner
		}
	}
	return "", ""
}
