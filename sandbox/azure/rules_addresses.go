package azure

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	addressStandard = require("address/standard",
		"A public IP address is of the Standard SKU, which is stated: Basic was retired in 2025, and is what Azure takes an address without an SKU for.",
		"IPv4BasicSkuPublicIpCountLimitReached",
		"github.com/skypilot-org/skypilot/issues/7977")
	addressStatic = require("address/static",
		"A public IP address of the Standard SKU is allocated statically.", "StandardSkuPublicIPAddressesMustBeStatic",
		"github.com/pulumi/pulumi-azure-native/issues/1597")
	addressLabel = require("address/label",
		"A DNS label begins with a lower-case letter, and goes on with 2 to 62 of those, digits and hyphens, the last no hyphen.", "InvalidDomainNameLabel",
		"learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#domain-name-label; the code as Ansible's modules of Azure show it")
	addressLabelFree = require("address/label-free",
		"A DNS label is of one public IP address of a region.", "DnsRecordInUse",
		"github.com/scarolan/azure-terraform-beginners/issues/20")
	addressIdle = require("address/idle-time-out",
		"The idle time-out of a public IP address is 4 to 30 minutes.", badRequest,
		"learn.microsoft.com/azure/application-gateway/application-gateway-faq, \"What are the settings for Keep-Alive timeout and TCP idle timeout?\"")
	addressKept = require("address/kept",
		"A public IP address keeps its SKU, tier and version.", badRequest,
		"learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku; the azure-native provider 2.88.0 replaces the address")
	addressAllocatedOnce = require("address/allocated-once",
		"A public IP address is allocated to one resource.", "PublicIPAddressInUse",
		"github.com/gardener/gardener-extension-provider-azure/issues/757")
	natStandard = require("nat-gateway/address-standard",
		"The addresses of a NAT gateway are of the Standard SKU.", badRequest,
		"learn.microsoft.com/azure/nat-gateway/nat-gateway-resource")
	natOneZone = require("nat-gateway/one-zone",
		"A NAT gateway of the Standard SKU is in one zone, or states none.", badRequest,
		"learn.microsoft.com/azure/nat-gateway/nat-availability-zones")
	natSameZone = require("nat-gateway/same-zone",
		"An address in one zone is of no NAT gateway in another.", badRequest,
		"learn.microsoft.com/azure/nat-gateway/nat-availability-zones")
	natIdle = require("nat-gateway/idle-time-out",
		"The idle time-out of a NAT gateway is 4 to 120 minutes.", badRequest,
		"learn.microsoft.com/azure/nat-gateway/nat-gateway-resource#tcp-idle-timeout")
	publicIPsExhausted = require("address/limit",
		"A region has public addresses left.", "PublicIPCountLimitReached",
		"github.com/evgenyb/aks-workshops/issues/22; how many the sandbox has is its own")
)

// isStandard says whether an address is of the Standard SKU.
func isStandard(address map[string]any) bool {
	return strings.EqualFold(text(address, "sku", "name"), "Standard")
}

func publicAddress(r *request) error {
	switch {
	case r.current == nil && !isStandard(r.body):
		return refuse(addressStandard, "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region: %s.", r.id)
	case isStandard(r.body) && !strings.EqualFold(text(r.body, nested, "publicIPAllocationMethod"), "Static"):
		return refuse(addressStatic, "Standard sku publicIp %s must have AllocationMethod set to Static.", r.id)
	default:
		return nil
	}
}

var labelPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{1,61}[a-z0-9]$`)

func publicAddressLabel(r *request) error {
	if label := text(r.body, nested, "dnsSettings", "domainNameLabel"); label != "" && !labelPattern.MatchString(label) {
		return refuse(addressLabel, "The domain name label %q of %s is invalid. It must conform to the following regular expression: %s.", label, r.id, labelPattern)
	}
	return nil
}

func publicAddressIdle(r *request) error {
	if minutes, ok := number(r.body, nested, "idleTimeoutInMinutes"); ok && (minutes < 4 || minutes > 30) {
		return refuse(addressIdle, "The idle time-out of %s, %v minutes, is not between 4 and 30.", r.id, minutes)
	}
	return nil
}

// publicAddressKept compares what an address is made as. A tier that is not
// stated is Regional, a version IPv4.
func publicAddressKept(r *request) error {
	if r.current == nil {
		return nil
	}
	kind := func(body map[string]any) string {
		version, tier := text(body, nested, "publicIPAddressVersion"), text(body, "sku", "tier")
		return strings.ToLower(fmt.Sprintf("%s %s %s", text(body, "sku", "name"), strings.Replace(tier, "Regional", "", 1), strings.Replace(version, "IPv4", "", 1)))
	}
	if kind(r.current) != kind(r.body) {
		return refuse(addressKept, "The SKU, tier or version of %s cannot change.", r.id)
	}
	return nil
}

// publicAddressesFree refuses an address that another resource holds.
func publicAddressesFree(r *request) error {
	for _, reference := range referencesIn(r.body) {
		address, err := parseID(reference)
		if err != nil || !strings.EqualFold(address.fullType(), "Microsoft.Network/publicIPAddresses") {
			continue
		}
		users, err := referrers(r.tx, reference)
		if err != nil {
			return err
		}
		for _, user := range users {
			if holds(user, reference) && !strings.EqualFold(user, r.id) {
				return refuse(addressAllocatedOnce, "Resource %s is referencing public IP address %s that is already allocated to resource %s.", r.id, reference, user)
			}
		}
	}
	return nil
}

func natGatewayAddresses(r *request) error {
	for _, reference := range objects(r.body, nested, "publicIpAddresses") {
		address, err := r.lookUp(text(reference, "id"))
		if err != nil {
			return err
		}
		if !isStandard(address) {
			return refuse(natStandard, "The NAT gateway %s references %s, which is not of the Standard SKU.", r.id, text(reference, "id"))
		}
		own, zones := texts(r.body, "zones"), texts(address, "zones")
		if len(own) == 1 && len(zones) == 1 && own[0] != zones[0] {
			return refuse(natSameZone, "The NAT gateway %s is in zone %s and references %s, which is in zone %s.", r.id, own[0], text(reference, "id"), zones[0])
		}
	}
	return nil
}

func natGatewayZones(r *request) error {
	if zones := texts(r.body, "zones"); len(zones) > 1 {
		return refuse(natOneZone, "The NAT gateway %s is in the zones %v: it can be in one.", r.id, zones)
	}
	if minutes, ok := number(r.body, nested, "idleTimeoutInMinutes"); ok && (minutes < 4 || minutes > 120) {
		return refuse(natIdle, "The idle time-out of %s, %v minutes, is not between 4 and 120.", r.id, minutes)
	}
	return nil
}
