package rest

import "net/netip"

// prepareSubnetwork gives the subnetwork its gateway, the second address of its
// range.
func prepareSubnetwork(_ *request, next object) error {
	prefix, err := netip.ParsePrefix(text(next, "ipCidrRange"))
	next["gatewayAddress"] = prefix.Addr().Next().String()
	return err
}

// prepareRouter gives the router's gateways what Google puts where nothing is
// given.
func prepareRouter(_ *request, next object) error {
	for _, nat := range objects(next["nats"]) {
		defaults := object{"endpointTypes": []any{"ENDPOINT_TYPE_VM"}, "autoNetworkTier": "PREMIUM"}
		if nat["enableDynamicPortAllocation"] != true {
			defaults["minPortsPerVm"] = 64
		}
		for name, value := range defaults {
			if nat[name] == nil {
				nat[name] = value
			}
		}
	}
	return nil
}
