package topology

import (
	"cmp"
	"fmt"
)

// How long, in seconds, a frontend of an Application Gateway leaves a connection open
// on which nothing is sent. Only that of the public address can be chosen: it is 4 to
// 30 minutes.
//
// Source: learn.microsoft.com/azure/application-gateway/application-gateway-faq,
// "What are the settings for Keep-Alive timeout and TCP idle timeout?".
const (
	http2Silence   = 180
	privateSilence = 300

	leastIdleMinutes = 4
	mostIdleMinutes  = 30
)

// idleMinutes let the slowest of the workloads take its time, as far as an address can
// wait.
func idleMinutes(workloads []Workload) int {
	longest := 0
	for _, workload := range workloads {
		longest = max(longest, workload.Timeouts.Backend)
	}
	return min(max((longest+59)/60, leastIdleMinutes), mostIdleMinutes)
}

// silence is how long, in seconds, the gateway leaves a silent connection open at
// whichever of its frontends is the least patient.
func (g Gateway) silence() int {
	switch {
	case g.HTTP2:
		return http2Silence
	case g.PrivateAddress.IsValid():
		return privateSilence
	default:
		return mostIdleMinutes * 60
	}
}

// SilentStreams says, once for each model, where a response may take longer than a
// gateway of Azure leaves a connection open on which nothing is sent.
func (t Topology) SilentStreams() []string {
	worst := map[string]silentStream{} // by model
	for _, region := range t.Azure {
		for _, gateway := range region.Gateways {
			for _, workload := range gateway.Pools {
				stream := silentStream{workload, gateway.silence(), gateway.HTTP2}
				if known, any := worst[workload.Model]; stream.cut() && (!any || stream.worse(known)) {
					worst[workload.Model] = stream
				}
			}
		}
	}
	var texts []string
	for _, model := range sortedKeys(worst) {
		texts = append(texts, worst[model].String())
	}
	return texts
}

// silentStream is a workload behind a gateway that leaves a silent connection open for
// so many seconds.
type silentStream struct {
	workload Workload
	silence  int
	http2    bool
}

// cut reports whether the gateway may end a response that is not yet complete.
func (s silentStream) cut() bool { return s.workload.Timeouts.Stream > s.silence }

// worse puts the longer response first, and of two that are as long the less patient
// gateway.
func (s silentStream) worse(other silentStream) bool {
	return cmp.Or(cmp.Compare(s.workload.Timeouts.Stream, other.workload.Timeouts.Stream), cmp.Compare(other.silence, s.silence)) > 0
}

func (s silentStream) String() string {
	advice := "let the server send bytes in between"
	if s.http2 {
		advice += ", or set azure.http2: false"
	}
	return fmt.Sprintf("model %q: workload %q has maxStreamSeconds %d, and Azure's gateways cut a response that sends nothing for %d s: %s",
		s.workload.Model, s.workload.Key, s.workload.Timeouts.Stream, s.silence, advice)
}
