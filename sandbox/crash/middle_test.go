package crash

import (
	"strings"
	"syscall"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ai-serving/sandbox/stacktest"
)

// inFlight is how long etcd is held for the request of the next object to arrive at the
// API server.
const inFlight = 500 * time.Millisecond

// killInTheMiddle replaces a Deployment again and again. It kills the plugin while that
// waits for the new one to become ready, and the API server while that has been asked
// for it and has no answer of etcd's: nothing says then whether the object was made.
func killInTheMiddle(s stacktest.Stack, kills *counter) {
	s.T.Helper()
	deployment := s.Find("kubernetes:apps/v1:Deployment")
	plugin, server := clusterVictims[0], clusterVictims[1]
	replace := func(victim stacktest.Victim, happened func(old, now *appsv1.Deployment) bool) {
		old := live(s, deployment)
		s.Kill([]stacktest.Victim{victim}, func() bool { return happened(old, live(s, deployment)) },
			"up", "--yes", "--skip-preview", "--target-replace", deployment.URN)
		s.T.Logf("up: %s killed in the middle of %s", victim.Name, deployment.Name())
		kills.add("up", victim)
	}
	for range otherKills {
		replace(plugin, isComing)
		recoverOnly(s, deployment)

		held := 0
		replace(server, func(old, now *appsv1.Deployment) bool {
			if now != nil && now.UID == old.UID {
				return false
			}
			held = hold(s, "etcd")
			time.Sleep(inFlight)
			return true
		})
		if err := syscall.Kill(held, syscall.SIGCONT); err != nil {
			s.T.Fatal(err)
		}
		recoverOnly(s, deployment)
	}
}

// recoverOnly recovers the stack, and makes one resource of it that may be missing.
func recoverOnly(s stacktest.Stack, resource stacktest.Resource) {
	s.T.Helper()
	s.Recover()
	s.Pulumi("up", "--yes", "--skip-preview", "--target", resource.URN)
}

// isComing reports whether there is a new Deployment that is not ready.
func isComing(old, now *appsv1.Deployment) bool {
	return now != nil && now.UID != old.UID && now.Status.ReadyReplicas < *now.Spec.Replicas
}

// live is a Deployment as the cluster has it, nil while there is none.
func live(s stacktest.Stack, resource stacktest.Resource) *appsv1.Deployment {
	s.T.Helper()
	_, client := s.Cluster()
	namespace, name, _ := strings.Cut(resource.ID, "/")
	found, err := client.AppsV1().Deployments(namespace).Get(s.T.Context(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		s.T.Fatal(err)
	}
	return found
}

// hold stops a program of the cluster for a while, and returns its process.
func hold(s stacktest.Stack, name string) int {
	s.T.Helper()
	pid := s.Process(name)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		s.T.Fatal(err)
	}
	return pid
}
