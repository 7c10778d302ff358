package kubernetes

import (
	"slices"
	"strings"
)

// remedy is what to do about a trouble that the cluster's words are a sign of.
type remedy struct{ sign, advice string }

// knownRemedies are in the words of Kubernetes' scheduler, admission and kubelet.
var knownRemedies = []remedy{
	{"Insufficient ", "no node has the room: request less, or give the node pool more or larger machines"},
	{"Too many pods", "no node takes another pod: give the node pool more machines"},
	{"didn't match Pod's node affinity/selector", "no node has the labels: compare nodeSelector and affinity with the node pools' labels"},
	{"untolerated taint", "a node that would do has a taint: add a toleration for it"},
	{"no nodes available", "the cluster has no nodes: look at its node pools"},
	{"exceeded quota", "the namespace's ResourceQuota is used up: raise it, or ask for less"},
	{"violates PodSecurity", "set in the securityContext what the message names, or admit such pods by the namespace's pod-security.kubernetes.io/enforce label"},
	{"ErrImagePull", "check the image's name, and that the nodes may pull it"},
	{"ImagePullBackOff", "check the image's name, and that the nodes may pull it"},
	{"CrashLoopBackOff", "read the container's log"},
}

// remedies says what to do about the reasons, each thing once.
func remedies(reasons []string) []string {
	var advice []string
	for _, known := range knownRemedies {
		isSign := func(reason string) bool { return strings.Contains(reason, known.sign) }
		if line := "what to do: " + known.advice; slices.ContainsFunc(reasons, isSign) && !slices.Contains(advice, line) {
			advice = append(advice, line)
		}
	}
	return advice
}
