package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"ai-serving/sandbox/latency"
)

// linear takes a second and 4 ms a tenant.
func linear(tenants int) grown {
	wall := time.Second + time.Duration(tenants)*4*time.Millisecond
	return grown{Tenants: tenants, Preview: usage{Wall: wall, Total: 1 << 30}, Program: alone{Wall: wall / 10, Resources: 90}}
}

func sized(sizes []int) []grown {
	var all []grown
	for _, size := range sizes {
		all = append(all, linear(size))
	}
	return all
}

func TestSlopeAndShare(t *testing.T) {
	t.Parallel()
	all := sized(pooledSizes)
	if got := slope(all, previewWall); math.Abs(got-0.004) > 1e-9 {
		t.Errorf("slope = %v, want 0.004", got)
	}
	// 4.1 ms of 14 ms.
	if got := perTenant(all, 100, previewWall); math.Abs(got-4.1/14) > 1e-9 {
		t.Errorf("per tenant = %v, want 4.1/14", got)
	}
}

func TestThePlotHasPointsAStepApart(t *testing.T) {
	t.Parallel()
	text, err := report(results{
		empty: usage{Wall: time.Second, Total: 1}, slow: slow{Chain: []latency.Link{{URN: "urn:pulumi:dev::ai-serving::gcp:compute/network:Network::a", Ends: time.Minute}}},
		pooled: sized(pooledSizes), bridge: sized(bridgeSizes),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`x-axis "tenants" 2500 --> 10000`, `y-axis "seconds" 0 --> 41`, "line [11.00, 21.00, 31.00, 41.00]", "line [1.10, 2.10, 3.10, 4.10]",
		"| 10000 pooled | 90 | 41.0 s | 1024 MiB | 4.10 s | 0 MiB |", "| pooled | 0.0 | 4.0 ms | 0 KiB | 0.40 ms |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %q:\n%s", want, text)
		}
	}
}
