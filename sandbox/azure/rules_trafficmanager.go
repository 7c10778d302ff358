package azure

import (
	"math"
	"net/http"
	"regexp"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	profileGlobal = require("traffic-manager/global",
		"A profile's location is global.", "LocationNotAvailableForResourceType",
		"learn.microsoft.com/rest/api/trafficmanager/profiles/create-or-update")
	profileNamed = require("traffic-manager/name",
		"A profile has a relative DNS name, of labels of up to 63 letters, digits and hyphens, with periods between them.", badRequest,
		"learn.microsoft.com/rest/api/trafficmanager/profiles/create-or-update#dnsconfig; periods: github.com/Azure/azure-sdk-for-python/issues/8446")
	profileNameKept = require("traffic-manager/name-kept",
		"A profile keeps its relative DNS name.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/7846")
	profileNameFree = Rules.Add(rules.Rule{
		Name: "azure/traffic-manager/name-free", Asks: "A relative DNS name is of one profile, of everybody's.",
		Status: http.StatusConflict, Code: "Conflict",
		Source: "github.com/microsoft/unreal-cloud-ddc-on-azure/issues/42; the status: github.com/hashicorp/terraform-provider-azurerm/issues/7190",
	})
	monitorTimes = require("traffic-manager/monitor-times",
		"A monitor asks every 30 s with a time-out of 5 to 10 s, or every 10 s with one of 5 to 9 s, and tolerates 0 to 9 failures.", badRequest,
		"github.com/Azure/azure-cli/issues/10491; learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#configure-endpoint-monitoring")
	monitorPath = require("traffic-manager/monitor-path",
		"A monitor of HTTP or HTTPS has a path that begins with /, one of TCP has none.", badRequest,
		"github.com/hashicorp/terraform-provider-azurerm/pull/3473; learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#configure-endpoint-monitoring")
	monitorPort = require("traffic-manager/monitor-port",
		"A monitor has a protocol and a port from 1 to 65535.", badRequest,
		"learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#configure-endpoint-monitoring")
	monitorHeader = require("traffic-manager/monitor-header",
		"A header of a monitor has a name and a value; there are up to 8.", badRequest,
		"learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#configure-endpoint-monitoring")
	headerForm = require("traffic-manager/header-form",
		"The name of a header of a monitor is of letters, digits and the symbols of RFC 7230.", badRequest,
		"learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#configure-endpoint-monitoring: pairs of header:value; that other forms are refused is inferred")
	headersDiffer = require("traffic-manager/headers-differ",
		"The names of the headers of a monitor differ.", badRequest,
		"github.com/Azure/azure-libraries-for-net/issues/1187, of an endpoint's headers; of a profile's it is inferred")
	profileTTL = require("traffic-manager/time-to-live",
		"The time to live of a profile's answers is 0 to 2147483647 seconds.", badRequest,
		"learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs: how low and how high the TTL can be")
)

func profileIsGlobal(r *request) error {
	if location := text(r.body, "location"); location != globalLocation {
		return refuse(profileGlobal, "The provided location %q is not available for resource type %q: its location is %q.", location, r.parsed.fullType(), globalLocation)
	}
	return nil
}

var relativeName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)

func profileName(r *request) error {
	name, before := text(r.body, nested, "dnsConfig", "relativeName"), text(r.current, nested, "dnsConfig", "relativeName")
	if !relativeName.MatchString(name) {
		return refuse(profileNamed, "The profile %s has the dnsConfig.relativeName %q.", r.id, name)
	}
	if before != "" && !strings.EqualFold(name, before) {
		return refuse(profileNameKept, "The dnsConfig.relativeName of %s cannot change from %q to %q.", r.id, before, name)
	}
	if ttl, given := number(r.body, nested, "dnsConfig", "ttl"); given && (ttl < 0 || ttl > math.MaxInt32) {
		return refuse(profileTTL, "The dnsConfig.ttl %v of %s is not between 0 and %d.", ttl, r.id, math.MaxInt32)
	}
	return nil
}

func profileMonitor(r *request) error {
	monitor := dig(r.body, nested, "monitorConfig")
	protocol, path := text(monitor, "protocol"), text(monitor, "path")
	port, _ := number(monitor, "port")
	headers := objects(monitor, "customHeaders")
	for _, header := range headers {
		if len(headers) > 8 || text(header, "name") == "" || text(header, "value") == "" {
			return refuse(monitorHeader, "The monitor of %s has %d custom headers, of which one is %q: %q.", r.id, len(headers), text(header, "name"), text(header, "value"))
		}
	}
	if err := checkHeaders(r.id, headers); err != nil {
		return err
	}
	switch tcp := strings.EqualFold(protocol, "TCP"); {
	case protocol == "" || port < 1 || port > 65535:
		return refuse(monitorPort, "The monitor of %s has the protocol %q and the port %v.", r.id, protocol, port)
	case tcp && path != "" || !tcp && !strings.HasPrefix(path, "/"):
		return refuse(monitorPath, "The monitor of %s has the path %q with the protocol %s.", r.id, path, protocol)
	default:
		return r.monitorTimes(monitor)
	}
}

// checkHeaders checks the names of the headers that a monitor sends to an endpoint.
func checkHeaders(owner string, headers []map[string]any) error {
	taken := map[string]bool{}
	for _, header := range headers {
		name := strings.ToLower(text(header, "name"))
		if !headerToken.MatchString(name) {
			return refuse(headerForm, "The custom header name %q of %s is invalid.", name, owner)
		}
		if taken[name] {
			return refuse(headersDiffer, "Duplicate custom header names for %s are not allowed: %q.", owner, name)
		}
		taken[name] = true
	}
	return nil
}

// monitorTimes checks what is given: Azure's defaults are an interval of 30 s,
// a time-out of 10 s and 3 failures, and a time-out of 9 s for 10 s.
func (r *request) monitorTimes(monitor any) error {
	interval, given := number(monitor, "intervalInSeconds")
	if !given {
		interval = 30
	}
	most := map[float64]float64{10: 9, 30: 10}[interval]
	if timeout, given := number(monitor, "timeoutInSeconds"); most == 0 || given && (timeout < 5 || timeout > most) {
		return refuse(monitorTimes, "Monitor timeout must be between 5 and 10 seconds: %v of %s, with the interval %v.", timeout, r.id, interval)
	}
	if failures, given := number(monitor, "toleratedNumberOfFailures"); given && (failures < 0 || failures > 9) {
		return refuse(monitorTimes, "The monitor of %s tolerates %v failures, which is not between 0 and 9.", r.id, failures)
	}
	return nil
}
