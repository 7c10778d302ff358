package crash

import (
	"slices"
	"syscall"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ai-serving/sandbox/stacktest"
)

// inFlight is how long etcd is held up for requests to pile up at the API server.
const inFlight = 200 * time.Millisecond

// killInTheMiddle kills the plugin while it waits for a Deployment to become ready, and
// the API server while it has requests that etcd does not answer: nothing tells then
// whether an object has been made.
func killInTheMiddle(s stacktest.Stack, kills *counter, objects []stacktest.Resource) {
	s.T.Helper()
	plugin, server := clusterVictims[0], clusterVictims[1]
	deployments := slices.DeleteFunc(slices.Clone(objects), func(r stacktest.Resource) bool { return r.Type != "kubernetes:apps/v1:Deployment" })
	kill := func(victim stacktest.Victim, happened func() bool) {
		takeObjectsAway(s, deployments)
		s.Kill([]stacktest.Victim{victim}, happened, "up", "--yes", "--skip-preview")
		kills.add("up", victim)
	}
	for kills.least([]stacktest.Victim{plugin, server}) < otherKills {
		kill(plugin, func() bool { return aDeploymentComes(s) })
		s.Recover()

		held := 0
		kill(server, func() bool {
			if !aDeploymentComes(s) {
				return false
			}
			held = holdStore(s)
			time.Sleep(inFlight)
			return true
		})
		if err := syscall.Kill(held, syscall.SIGCONT); err != nil {
			s.T.Fatal(err)
		}
		s.Recover()
	}
}

// aDeploymentComes reports whether the cluster has a Deployment that is not ready.
func aDeploymentComes(s stacktest.Stack) bool {
	s.T.Helper()
	_, client := s.Cluster()
	deployments, err := client.AppsV1().Deployments(metav1.NamespaceAll).List(s.T.Context(), metav1.ListOptions{})
	if err != nil {
		s.T.Fatal(err)
	}
	for _, deployment := range deployments.Items {
		if isComing(deployment) {
			return true
		}
	}
	return false
}

func isComing(deployment appsv1.Deployment) bool {
	wanted := deployment.Spec.Replicas
	return wanted != nil && deployment.Status.ReadyReplicas < *wanted
}

// holdStore stops etcd for a while, and returns its process.
func holdStore(s stacktest.Stack) int {
	s.T.Helper()
	cluster, _ := s.Cluster()
	running, err := cluster.Running()
	if err != nil {
		s.T.Fatal(err)
	}
	for _, program := range running {
		if program.Name == "etcd" {
			if err := syscall.Kill(program.PID, syscall.SIGSTOP); err != nil {
				s.T.Fatal(err)
			}
			return program.PID
		}
	}
	s.T.Fatal("etcd does not run")
	return 0
}
