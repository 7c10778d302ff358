package urlmap

import (
	"slices"

	"ai-serving/internal/pathpattern"
	"ai-serving/internal/topology"
)

const (
	// maxTests is how many tests a URL map may have.
	maxTests = 100
	// sampleSegment stands for whatever follows a prefix.
	sampleSegment = "url-map-test"
)

// Test is an expectation that Google checks before it takes a URL map: a map
// that routes the request elsewhere is refused, and the old one stays.
type Test struct {
	Host, Path string
	Target     Target
}

// tests expects of each virtual host that its first route routes to its
// workload, as far as the map has room for tests. A test names one service: routes
// whose requests are divided have none.
func tests(hosts []topology.VirtualHost) []Test {
	var expected []Test
	for _, host := range hosts {
		if len(expected) == maxTests {
			break
		}
		i := slices.IndexFunc(host.Routes, func(r topology.Route) bool { return r.Canary == nil && len(r.Paths) > 0 })
		if i < 0 || len(host.Hosts) == 0 {
			continue
		}
		route := host.Routes[i]
		expected = append(expected, Test{host.Hosts[0], sample(route.Paths[0]), Workload(route.Workload)})
	}
	return expected
}

// sample is a path that the pattern matches.
func sample(pattern pathpattern.Pattern) string {
	prefix, many := pattern.Prefix()
	if many {
		return prefix + sampleSegment
	}
	return prefix
}
