package main

import (
	"context"
	"fmt"
	"strings"

	"ai-serving/sandbox/controlplane/monitoring"
)

var metricsCommand = command{
	group: clusters, use: "metric CLUSTER NAMESPACE/DEPLOYMENT METRIC VALUE", arguments: 4, run: setMetric,
	short: "Say what the servers of a Deployment tell of themselves, for autoscalers that follow it",
	long: `Say what the servers of a Deployment tell of themselves, for autoscalers that follow
it. METRIC is a gauge's name in Prometheus, as vllm:num_requests_waiting. VALUE is each:N
for N of each pod, total:N for N of all pods together, or - for nothing any more.`,
}

func setMetric(_ context.Context, home string, arguments []string) error {
	cluster, err := clusterNamed(home, arguments[0])
	if err != nil {
		return err
	}
	namespace, deployment, _ := strings.Cut(arguments[1], "/")
	series := monitoring.Series{Namespace: namespace, Deployment: deployment, Metric: arguments[2]}
	feed := monitoring.Feed{Directory: cluster.MetricsDirectory()}
	if arguments[3] == "-" {
		return feed.Remove(series)
	}
	value, err := monitoring.ParseValue(arguments[3])
	if err != nil {
		return err
	}
	if err := feed.Set(series, value); err != nil {
		return err
	}
	fmt.Printf("%s of %s in %s: %s\n", series.Metric, arguments[1], cluster.ID, value)
	return nil
}
