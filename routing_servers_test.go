package main

import (
	"pgregory.net/rapid"

	"ai-serving/internal/config"
)

// presetMemory is what a replica needs on Kubernetes, beside the memory that it shares,
// by the presets that are drawn; "" is none.
var presetMemory = map[string]string{"": "1Gi", "tei": "1Gi", "triton": "2Gi", "vllm": "3Gi"}

// networks are what servers may connect to: some that are within others, some with HTTPS,
// and no address space of the stack's own.
var networks = []values{
	{"cidr": "10.200.0.0/16", "port": 5432},
	{"cidr": "10.200.7.0/24", "port": 5433},
	{"cidr": "192.168.7.0/24", "port": 443},
	{"cidr": "100.64.0.0/10", "port": 8080},
	{"cidr": "198.51.100.0/24", "port": 6379},
	{"cidr": "198.51.100.7/32", "port": 80},
	{"cidr": "203.0.113.0/24", "port": 443},
	{"cidr": "32.0.0.0/3", "port": 9000},
}

// server draws what a model's server is by its preset, where it has metrics, where it
// connects to, where its weights are, and by what it scales on Kubernetes.
func (s *stack) server(model values) {
	preset := rapid.SampledFrom([]string{"", "", "", "tei", "triton", "vllm"}).Draw(s.t, "preset")
	metrics := preset != ""
	if metrics {
		model["preset"] = preset
	}
	if s.one(3, "metrics") {
		metrics = true
		model["metricsPath"] = "/metrics/prometheus"
		if s.one(2, "metrics apart") {
			model["metricsPort"] = rapid.IntRange(9090, 9092).Draw(s.t, "metrics port")
		}
	}
	if s.one(3, "egress") {
		model["egress"] = rapid.SliceOfNDistinct(rapid.SampledFrom(networks), 1, 3,
			func(network values) [2]any { return [2]any{network["cidr"], network["port"]} }).Draw(s.t, "networks")
	}
	google, _ := model["gcp"].(values)
	kubernetes, isPod := google["kubernetes"].(values)
	if !isPod {
		return
	}
	kubernetes["memory"] = presetMemory[preset]
	if metrics && s.one(2, "by metric") {
		kubernetes["scaling"] = values{"metric": "queue_length", "target": 5}
	} else if s.one(2, "by CPU") {
		kubernetes["scaling"] = values{"metric": config.CPU, "target": 70}
	}
	if s.one(4, "weights") {
		kubernetes["weights"] = "gs://generated-weights/model"
	}
}
