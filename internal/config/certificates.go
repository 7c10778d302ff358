package config

import (
	"maps"
	"slices"
	"strings"
)

// CertificateFor names the certificate for a host, or for a wildcard; "" if there
// is none. A certificate that names the host itself goes before one that covers it
// by a wildcard, and the first by name before others.
func CertificateFor(certificates map[string]Certificate, host string) string {
	_, parent, _ := strings.Cut(host, ".")
	for _, wanted := range []string{host, "*." + parent} {
		for _, name := range slices.Sorted(maps.Keys(certificates)) {
			if slices.Contains(certificates[name].Hosts, wanted) {
				return name
			}
		}
	}
	return ""
}
