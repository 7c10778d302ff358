package topology

import (
	"net/netip"
	"slices"
	"testing"
)

func streaming(key, model string, stream int) Workload {
	return Workload{Key: key, Model: model, Timeouts: timeoutsOf(stream)}
}

func TestAnAddressWaitsAsLongAsTheSlowestWorkloadBehindIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		streams []int
		want    int
	}{
		"nothing is routed":             {nil, 4},
		"less than Azure's least":       {[]int{60}, 4},
		"four minutes to the second":    {[]int{225}, 4},
		"a second more":                 {[]int{226}, 5},
		"the longest of several":        {[]int{60, 600, 300}, 11},
		"half an hour with its margin":  {[]int{1800}, 30},
		"longer than an address can do": {[]int{3600}, 30},
	} {
		var workloads []Workload
		for _, stream := range test.streams {
			workloads = append(workloads, streaming("chat", "chat", stream))
		}
		if got := idleMinutes(workloads); got != test.want {
			t.Errorf("%s: %d minutes, want %d", name, got, test.want)
		}
	}
}

func TestAModelThatMayBeSilentForTooLongIsNamedOnce(t *testing.T) {
	t.Parallel()
	inside := netip.MustParseAddr("10.10.0.253")
	serves := func(gateway Gateway, workloads ...Workload) AzureRegion {
		gateway.Pools = workloads
		return AzureRegion{Gateways: []Gateway{gateway}}
	}
	for name, test := range map[string]struct {
		regions []AzureRegion
		want    []string
	}{
		"no longer than HTTP/2 waits": {[]AzureRegion{serves(Gateway{HTTP2: true}, streaming("chat", "chat", 180))}, nil},
		"HTTP/2": {
			[]AzureRegion{serves(Gateway{HTTP2: true}, streaming("chat", "chat", 181))},
			[]string{`model "chat": workload "chat" has maxStreamSeconds 181, and Azure's gateways cut a response that sends nothing for 180 s: let the server send bytes in between, or set azure.http2: false`},
		},
		"HTTP/2 at a private frontend too": {
			[]AzureRegion{serves(Gateway{HTTP2: true, PrivateAddress: inside}, streaming("chat", "chat", 600))},
			[]string{`model "chat": workload "chat" has maxStreamSeconds 600, and Azure's gateways cut a response that sends nothing for 180 s: let the server send bytes in between, or set azure.http2: false`},
		},
		"no longer than a private frontend waits": {[]AzureRegion{serves(Gateway{PrivateAddress: inside}, streaming("chat", "chat", 300))}, nil},
		"a private frontend": {
			[]AzureRegion{serves(Gateway{PrivateAddress: inside}, streaming("chat", "chat", 301))},
			[]string{`model "chat": workload "chat" has maxStreamSeconds 301, and Azure's gateways cut a response that sends nothing for 300 s: let the server send bytes in between`},
		},
		"no longer than a public address waits": {[]AzureRegion{serves(Gateway{}, streaming("chat", "chat", 1800))}, nil},
		"a public address": {
			[]AzureRegion{serves(Gateway{}, streaming("chat", "chat", 1801))},
			[]string{`model "chat": workload "chat" has maxStreamSeconds 1801, and Azure's gateways cut a response that sends nothing for 1800 s: let the server send bytes in between`},
		},
		"a tenant's own replicas, which are the slowest of their model": {
			[]AzureRegion{
				serves(Gateway{HTTP2: true}, streaming("chat", "chat", 600), streaming("fabrikam-chat", "chat", 1800), streaming("embed", "embed", 60)),
				serves(Gateway{HTTP2: true}, streaming("chat", "chat", 600)),
			},
			[]string{`model "chat": workload "fabrikam-chat" has maxStreamSeconds 1800, and Azure's gateways cut a response that sends nothing for 180 s: let the server send bytes in between, or set azure.http2: false`},
		},
		"the least patient of the gateways": {
			[]AzureRegion{serves(Gateway{}, streaming("chat", "chat", 2000)), serves(Gateway{PrivateAddress: inside}, streaming("chat", "chat", 2000))},
			[]string{`model "chat": workload "chat" has maxStreamSeconds 2000, and Azure's gateways cut a response that sends nothing for 300 s: let the server send bytes in between`},
		},
		"two models, by name": {
			[]AzureRegion{serves(Gateway{}, streaming("think", "think", 2000), streaming("chat", "chat", 1900))},
			[]string{
				`model "chat": workload "chat" has maxStreamSeconds 1900, and Azure's gateways cut a response that sends nothing for 1800 s: let the server send bytes in between`,
				`model "think": workload "think" has maxStreamSeconds 2000, and Azure's gateways cut a response that sends nothing for 1800 s: let the server send bytes in between`,
			},
		},
		"no region of Azure": {nil, nil},
	} {
		if got := (Topology{Azure: test.regions}).SilentStreams(); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, test.want)
		}
	}
}

func TestGatewaysFollowTheStackFileAndTheStreamsBehindThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edits []string
		http2 bool
		idle  int
		named int
	}{
		"by default":                      {nil, true, 6, 1}, // chat has 300 s
		"without HTTP/2":                  {[]string{"  ai-serving:azure:\n", "  ai-serving:azure:\n    http2: false\n"}, false, 6, 0},
		"a tenant's own replicas, slower": {[]string{"isolation: bridge\n", "isolation: bridge\n      maxStreamSeconds: 900\n"}, true, 16, 1},
		"short responses":                 {[]string{"maxStreamSeconds: 300", "maxStreamSeconds: 60"}, true, 4, 0},
	} {
		resolved := dev(t, test.edits...)
		gateway := resolved.Azure[0].Gateways[0]
		if gateway.HTTP2 != test.http2 || gateway.IdleMinutes != test.idle || len(resolved.SilentStreams()) != test.named {
			t.Errorf("%s: HTTP/2 %t, %d minutes, %q", name, gateway.HTTP2, gateway.IdleMinutes, resolved.SilentStreams())
		}
	}
}
