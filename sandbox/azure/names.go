package azure

import (
	"strings"

	"ai-serving/sandbox/rules"
)

// assignProfileName gives a Traffic Manager profile its host name and its
// endpoints their targets.
func (r *request) assignProfileName() error {
	fqdn := strings.ToLower(text(r.body, nested, "dnsConfig", "relativeName")) + ".trafficmanager.net"
	if err := r.claimName(profileNameFree, fqdn, nested, "dnsConfig", "fqdn"); err != nil {
		return err
	}
	for _, endpoint := range objects(r.body, nested, "endpoints") {
		if err := r.setTarget(endpoint); err != nil {
			return err
		}
	}
	return nil
}

// claimName puts a host name where keys refer to, and refuses one that another
// resource has there.
func (r *request) claimName(rule *rules.Rule, name string, keys ...string) error {
	holder := ""
	err := r.eachOther(func(body map[string]any) {
		if text(body, keys...) == name {
			holder = text(body, "id")
		}
	})
	if err != nil {
		return err
	}
	if holder != "" {
		return refuse(rule, "The host name %s of %s is already used by %s.", name, r.id, holder)
	}
	put(r.body, name, keys...)
	return nil
}

// setTarget puts the host name of the resource that an endpoint names in its
// target.
func (r *request) setTarget(endpoint map[string]any) error {
	id := text(endpoint, nested, "targetResourceId")
	if id == "" {
		return nil
	}
	parsed, err := parseID(id)
	if err != nil {
		return err
	}
	target, err := r.rootOf(parsed)
	if err != nil {
		return err
	}
	for _, settings := range []string{"dnsSettings", "dnsConfig"} {
		if name := text(target, nested, settings, "fqdn"); name != "" {
			put(endpoint, name, nested, "target")
		}
	}
	return nil
}
