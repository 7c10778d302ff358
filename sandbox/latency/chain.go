package latency

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Link is a resource on the chain that a deployment waits for.
type Link struct {
	URN string
	// Takes is how long its creation takes.
	Takes time.Duration
	// Ends is when it is there, counted from the start of the deployment, if
	// everything begins as soon as it can.
	Ends time.Duration
}

// deployment is what is read of a stack's exported state.
type deployment struct {
	Resources []struct {
		URN, Type, Provider string
		Custom              bool
		Dependencies        []string
		Delete              bool
	}
}

// Longest gives the chain of creations that takes longest by the model alone:
// a deployment of the whole stack cannot be faster, however much it does side
// by side. The state is that of pulumi stack export.
func Longest(state []byte) ([]Link, error) {
	var exported struct{ Deployment deployment }
	if err := json.Unmarshal(state, &exported); err != nil {
		return nil, fmt.Errorf("the exported state: %w", err)
	}
	ends, before := map[string]time.Duration{}, map[string]string{}
	last := ""
	takes := map[string]time.Duration{}
	// A resource stands after all that it depends on.
	for _, resource := range exported.Deployment.Resources {
		if resource.Delete {
			continue
		}
		urn := resource.URN
		for _, other := range append(slices.Clone(resource.Dependencies), providerURN(resource.Provider)) {
			if ends[other] > ends[urn] {
				ends[urn], before[urn] = ends[other], other
			}
		}
		if resource.Custom {
			takes[urn] = Of(resource.Type).Create
		}
		ends[urn] += takes[urn]
		if last == "" || ends[urn] > ends[last] {
			last = urn
		}
	}
	var chain []Link
	for urn := last; urn != ""; urn = before[urn] {
		chain = append(chain, Link{urn, takes[urn], ends[urn]})
	}
	slices.Reverse(chain)
	return chain, nil
}

// providerURN is that of a reference to a provider, which ends in ::ID.
func providerURN(reference string) string {
	return reference[:max(0, strings.LastIndex(reference, "::"))]
}
