package refusals_test

import "strings"

const (
	manager   = "//certificatemanager.googleapis.com/projects/ai-serving-dev/locations/global/"
	globalMap = `"urlMap": "` + computeURL + global + `urlMaps/global"`
	oneSSL    = `"sslCertificates": ["` + computeURL + global + `sslCertificates/a"]`
)

func onGlobalRule(wrong, right string) example {
	return example{link: global + "forwardingRules/global", wrong: wrong, right: right}
}

func onRegionalRule(wrong, right string) example {
	return example{link: region + "forwardingRules/regional", wrong: wrong, right: right}
}

// secure is an example of an HTTPS proxy.
func secure(wrong, right string) example {
	return example{link: global + "targetHttpsProxies/tls", body: "{" + globalMap + "}", wrong: "{" + wrong + "}", right: "{" + right + "}"}
}

// secureRegion is the same in a region.
func secureRegion(wrong, right string) example {
	e := secure(wrong, right)
	e.link, e.body = region+"targetHttpsProxies/tls", `{"urlMap": "`+region+`urlMaps/regional"}`
	return e
}

func many(n int, certificate string) string {
	return `"sslCertificates": [` + strings.TrimSuffix(strings.Repeat(`"`+certificate+`",`, n), ",") + "]"
}

var frontExamples = map[string]example{
	"forwarding-rule/scheme-scope":       onGlobalRule(`{"loadBalancingScheme": "INTERNAL"}`, `{}`),
	"forwarding-rule/one-target":         onGlobalRule(`{"backendService": "`+serviceURL+`chat"}`, `{}`),
	"forwarding-rule/target-scope":       onRegionalRule(`{"target": "`+computeURL+global+`targetHttpProxies/global"}`, `{}`),
	"forwarding-rule/scheme-of-services": onGlobalRule(`{"loadBalancingScheme": "EXTERNAL"}`, `{}`),
	"forwarding-rule/ports":              onGlobalRule(`{"allPorts": true}`, `{}`),
	"forwarding-rule/port-number":        onGlobalRule(`{"portRange": "65536-65536"}`, `{"portRange": "65535-65535"}`),
	"forwarding-rule/one-port":           onGlobalRule(`{"portRange": "80-81"}`, `{"portRange": "8080-8080"}`),
	"forwarding-rule/address-reserved":   onGlobalRule(`{"IPAddress": "192.0.2.1"}`, `{"IPAddress": ""}`),
	"forwarding-rule/address-scope":      onRegionalRule(`{"IPAddress": "198.51.100.176"}`, `{"IPAddress": "`+region+`addresses/regional"}`),
	"forwarding-rule/address-type": {link: region + "forwardingRules/regional", wrong: `{"IPAddress": "` + region + `addresses/inside"}`, more: project{
		region + "addresses/inside": `{"name": "inside", "addressType": "INTERNAL", "address": "10.20.0.9"}`,
	}},
	"forwarding-rule/tier-of-address": onRegionalRule(`{"networkTier": "STANDARD"}`, `{"networkTier": "PREMIUM"}`),
	"forwarding-rule/global-tier":     onGlobalRule(`{"networkTier": "STANDARD"}`, `{"networkTier": "PREMIUM"}`),
	"forwarding-rule/ip-version":      onGlobalRule(`{"ipVersion": "IPV6"}`, `{"ipVersion": "IPV4"}`),
	"forwarding-rule/address-in-use": {
		link: global + "forwardingRules/second", body: stack[global+"forwardingRules/global"],
		wrong: `{"portRange": "80-80"}`, right: `{"portRange": "443"}`,
	},
	"forwarding-rule/proxy-only-subnetwork": onRegionalRule(`{"network": null}`, `{}`),
	"address/internal-place": {
		link: region + "addresses/a", body: `{"subnetwork": "` + region + `subnetworks/nodes"}`,
		wrong: `{"addressType": "EXTERNAL"}`, right: `{"addressType": "INTERNAL"}`,
	},
	"target-https-proxy/certificate-needed":    secure(`"sslCertificates": []`, oneSSL),
	"target-https-proxy/certificate-map-form":  secure(`"certificateMap": "projects/ai-serving-dev/locations/global/certificateMaps/m"`, `"certificateMap": "`+manager+`certificateMaps/m"`),
	"target-https-proxy/certificate-map-scope": secureRegion(`"certificateMap": "`+manager+`certificateMaps/m"`, `"sslCertificates": ["`+region+`sslCertificates/a"]`),
	"target-https-proxy/certificates-mixed": secureRegion(`"sslCertificates": ["`+region+`sslCertificates/a", "`+strings.Replace(manager, "global", "europe-west4", 1)+`certificates/a"]`,
		`"sslCertificates": ["`+strings.Replace(manager, "global", "europe-west4", 1)+`certificates/a"]`),
	"target-https-proxy/certificate-count":           secure(many(16, global+"sslCertificates/a"), many(15, global+"sslCertificates/a")),
	"target-https-proxy/manager-certificates-global": secure(`"sslCertificates": ["`+manager+`certificates/a"]`, oneSSL),
	"target-https-proxy/certificate-scope":           secure(`"sslCertificates": ["`+region+`sslCertificates/a"]`, oneSSL),
	"target-https-proxy/ssl-policy-scope":            secure(oneSSL+`, "sslPolicy": "`+region+`sslPolicies/a"`, oneSSL+`, "sslPolicy": "`+global+`sslPolicies/a"`),
	"target-https-proxy/https-redirect": {
		link: global + "targetHttpsProxies/tls", body: "{" + oneSSL + "}",
		more:  project{global + "urlMaps/redirect": `{"name": "redirect", "defaultUrlRedirect": {"httpsRedirect": true}}`},
		wrong: `{"urlMap": "` + global + `urlMaps/redirect"}`, right: "{" + globalMap + "}",
	},
}

// second is a subnetwork beside those of the stack.
func second(wrong, right string) example {
	return example{
		link: region + "subnetworks/second", body: `{"network": "` + global + `networks/google", "ipCidrRange": "10.30.0.0/20"}`,
		wrong: wrong, right: right,
	}
}

// spare is a proxy-only subnetwork beside the active one.
func spare(wrong, right string) example {
	e := second(wrong, right)
	e.body = `{"network": "` + global + `networks/google", "ipCidrRange": "10.30.0.0/23", "purpose": "REGIONAL_MANAGED_PROXY", "role": "BACKUP"}`
	return e
}

func onFirewall(wrong, right string) example {
	return example{link: global + "firewalls/health", wrong: wrong, right: right}
}

// translated is an example of a router's translations.
func translated(wrong, right string) example {
	return example{
		link: region + "routers/router", body: `{"network": "global/networks/google"}`,
		wrong: `{"nats": [` + wrong + `]}`, right: `{"nats": [` + right + `]}`,
	}
}

const (
	auto = `"natIpAllocateOption": "AUTO_ONLY"`
	all  = `"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"`
	list = `"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS", "subnetworks": [{"name": "nodes"}]`
)

var networkExamples = map[string]example{
	"network/mtu":                {link: global + "networks/google", wrong: `{"mtu": 1299}`, right: `{"mtu": 1300}`},
	"subnetwork/range-form":      second(`{"ipCidrRange": "10.30.0.1/20"}`, `{}`),
	"subnetwork/range-forbidden": second(`{"ipCidrRange": "169.254.0.0/20"}`, `{"ipCidrRange": "192.0.2.0/24"}`),
	"subnetwork/overlap":         second(`{"ipCidrRange": "10.20.192.0/20"}`, `{"ipCidrRange": "10.20.64.0/20"}`),
	"subnetwork/range-name":      second(`{"secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": "10.31.0.0/20"}, {"rangeName": "a", "ipCidrRange": "10.32.0.0/20"}]}`, `{"secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": "10.31.0.0/20"}]}`),
	"subnetwork/range-shrink":    {link: region + "subnetworks/second", body: `{"network": "global/networks/google", "ipCidrRange": "10.30.0.0/20"}`, before: `{}`, wrong: `{"ipCidrRange": "10.30.0.0/21"}`, right: `{"ipCidrRange": "10.30.0.0/19"}`},
	"subnetwork/range-in-use":    {link: region + "subnetworks/nodes", before: `{}`, wrong: `{"secondaryIpRanges": [{"rangeName": "services", "ipCidrRange": "10.20.16.0/20"}]}`},
	"subnetwork/purpose-kept":    {link: region + "subnetworks/nodes", before: `{}`, wrong: `{"network": "global/networks/default"}`},
	"subnetwork/flow-sampling":   {link: region + "subnetworks/nodes", wrong: `{"logConfig": {"flowSampling": 1.5}}`, right: `{"logConfig": {"flowSampling": 1}}`},
	"subnetwork/role":            second(`{"role": "ACTIVE"}`, `{}`),
	"subnetwork/proxy-only-size": spare(`{"ipCidrRange": "10.30.0.0/27"}`, `{"ipCidrRange": "10.30.0.0/26"}`),
	"subnetwork/proxy-only-once": spare(`{"role": "ACTIVE"}`, `{}`),
	"subnetwork/proxy-only-logs": spare(`{"logConfig": {"enable": true}}`, `{"logConfig": {"enable": false}}`),
	"subnetwork/proxies-in-use": {
		link: region + "subnetworks/proxies", deletes: true, wrongLink: region + "subnetworks/proxies",
		more: project{region + "forwardingRules/regional": `{}`}, moreWrong: project{region + "forwardingRules/regional": stack[region+"forwardingRules/regional"]},
	},
	"firewall/allow-or-deny":    onFirewall(`{"denied": [{"IPProtocol": "tcp"}]}`, `{}`),
	"firewall/priority":         onFirewall(`{"priority": 65536}`, `{"priority": 65535}`),
	"firewall/direction":        onFirewall(`{"direction": "EGRESS", "sourceTags": ["a"]}`, `{"direction": "EGRESS", "sourceRanges": null}`),
	"firewall/tags-or-accounts": onFirewall(`{"sourceServiceAccounts": ["a@b"]}`, `{"sourceServiceAccounts": ["a@b"], "targetTags": null}`),
	"firewall/ranges":           onFirewall(`{"sourceRanges": ["10.0.0.0"]}`, `{"sourceRanges": ["10.0.0.0/8", "2001:db8::/32"]}`).wrongly(`{"sourceRanges": ["everywhere"]}`),
	"firewall/protocol":         onFirewall(`{"allowed": [{"IPProtocol": "quic"}]}`, `{"allowed": [{"IPProtocol": "17"}]}`),
	"firewall/ports":            onFirewall(`{"allowed": [{"IPProtocol": "icmp", "ports": ["80"]}]}`, `{"allowed": [{"IPProtocol": "tcp", "ports": ["80", "90-99"]}]}`),
	"name/network-tag":          onFirewall(`{"targetTags": ["Serving"]}`, `{"targetTags": ["serving"]}`),
	"router/nat-name":           translated(`{"name": "a", `+auto+`, `+list+`}, {"name": "a", `+auto+`, `+list+`}`, `{"name": "a", `+auto+`, `+list+`}, {"name": "b", `+auto+`, `+list+`}`),
	"router/nat-addresses":      translated(`{"name": "a", "natIps": ["x"], `+auto+`, `+all+`}`, `{"name": "a", `+auto+`, `+all+`}`),
	"router/nat-subnetworks":    translated(`{"name": "a", "subnetworks": [{"name": "nodes"}], `+auto+`, `+all+`}`, `{"name": "a", `+auto+`, `+list+`}`),
	"router/nat-all-ranges":     {link: region + "routers/other", body: `{"nats": [{"name": "nat", ` + auto + `, ` + all + `}]}`, wrong: `{"network": "global/networks/google"}`, right: `{"network": "global/networks/default"}`},
	"router/nat-dynamic-ports":  translated(`{"name": "a", "enableDynamicPortAllocation": true, "minPortsPerVm": 48, `+auto+`, `+all+`}`, `{"name": "a", "enableDynamicPortAllocation": true, "minPortsPerVm": 64, `+auto+`, `+all+`}`),
	"name/rfc1035":              {link: global + "networks/google", wrongLink: global + "networks/Google"},
	"labels/count":              {link: global + "addresses/global", wrong: labels(65), right: labels(64)},
	"labels/key":                {link: global + "addresses/global", wrong: `{"labels": {"Team": "a"}}`, right: `{"labels": {"team": ""}}`},
	"labels/value":              {link: cluster, wrong: `{"resourceLabels": {"team": "a.b"}}`, right: `{"resourceLabels": {"team": "a-b_1"}}`},
}

// wrongly is the example with another mistake.
func (e example) wrongly(wrong string) example {
	e.wrong = wrong
	return e
}

// labels are as many labels.
func labels(n int) string {
	text := `{"labels": {`
	for i := range n {
		text += `"l` + strings.Repeat("x", i%60) + string(rune('a'+i/60)) + `": "",`
	}
	return strings.TrimSuffix(text, ",") + "}}"
}
