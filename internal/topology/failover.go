package topology

import "ai-serving/internal/config"

// Failover is how soon clients turn away from a place that has failed. All times
// are in seconds.
type Failover struct {
	// TimeToLive is how long resolvers keep an answer.
	TimeToLive int
	// Interval is the time between two probes, 10 or 30.
	Interval int
	// Timeout is how long a probe waits: 5 to 9 with an interval of 10, 5 to 10
	// with one of 30.
	Timeout int
	// ToleratedFailures is how many probes may fail in a row, 0 to 9, without the
	// place being taken for failed.
	ToleratedFailures int
}

// failovers are by the names that a stack file may use. "fast" turns away within
// 55 s, for one or two dollars an endpoint and month; "standard", with Traffic
// Manager's own defaults, within 190 s.
//
// Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
// and the announcement of fast failover of June 2017.
var failovers = map[config.Failover]Failover{
	config.FastFailover:     {TimeToLive: 20, Interval: 10, Timeout: 5, ToleratedFailures: 2},
	config.StandardFailover: {TimeToLive: 60, Interval: 30, Timeout: 10, ToleratedFailures: 3},
}

// Seconds is the longest from a place's failure until clients are routed to
// another: one more probe than is tolerated has failed, the last of them by
// time-out, and resolvers have just been answered.
func (f Failover) Seconds() int {
	return f.Interval*(f.ToleratedFailures+1) + f.Timeout + f.TimeToLive
}
