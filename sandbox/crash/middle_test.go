package crash

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/typed/apps/v1"

	"ai-serving/sandbox/stacktest"
)

// inFlight is how long a program is held for the next request to arrive at it.
const inFlight = 500 * time.Millisecond

// middle is where a victim is killed while a Deployment is made.
type middle struct {
	victims []stacktest.Victim
	// held is a program that does nothing any more until the victims are dead: from the
	// start, or once this has happened.
	held      string
	fromStart bool
	after     func(stacktest.Stack, stacktest.Resource) bool
}

// middles are tried in turns. The plugin dies alone, while it waits for the Deployment to
// become ready, which it does not without its nodes. And it dies with the API server,
// that alone, or all three, when that has been asked for the Deployment and has no answer
// of etcd's: nothing says then whether the object was made.
var middles = []middle{
	{clusterVictims[:1], "kwok", true, isThere},
	{clusterVictims[:2], "etcd", false, isBegun},
	{clusterVictims[1:2], "etcd", false, isBegun},
	{clusterVictims, "etcd", false, isBegun},
}

// killInTheMiddle deletes a Deployment again and again, lets Pulumi make it once more, and
// kills something in the middle of that, until all have been killed often enough.
func killInTheMiddle(s stacktest.Stack, kills *counter) {
	s.T.Helper()
	deployment := s.Find("kubernetes:apps/v1:Deployment")
	for turn := 0; kills.least(clusterVictims) < otherKills; turn++ {
		m := middles[turn%len(middles)]
		remove(s, deployment)
		m.kill(s, deployment)
		for _, victim := range m.victims {
			s.T.Logf("up: %s killed in the middle of %s", victim.Name, deployment.Name())
			kills.add("up", victim)
		}
		s.Recover()
		s.Pulumi("up", "--yes", "--skip-preview", "--target", deployment.URN) // it may be missing
	}
}

func (m middle) kill(s stacktest.Stack, deployment stacktest.Resource) {
	s.T.Helper()
	held := s.Process(m.held)
	for _, log := range eventLogs(s) { // of before, which tell of the same resource
		if err := os.Remove(log); err != nil {
			s.T.Fatal(err)
		}
	}
	hold := func() {
		if err := syscall.Kill(held, syscall.SIGSTOP); err != nil {
			s.T.Fatal(err)
		}
	}
	if m.fromStart { // on a busy machine, the Deployment would be ready before it is seen
		hold()
	}
	s.Kill(m.victims, func() bool {
		if !m.after(s, deployment) {
			return false
		}
		if !m.fromStart {
			hold()
		}
		time.Sleep(inFlight)
		return true
	}, "up", "--yes", "--skip-preview", "--refresh", "--target", deployment.URN)
	if slices.ContainsFunc(m.victims, func(victim stacktest.Victim) bool { return victim.Name == m.held }) {
		return
	}
	if err := syscall.Kill(held, syscall.SIGCONT); err != nil {
		s.T.Fatal(err)
	}
}

// isBegun reports whether the engine has begun to make the resource.
func isBegun(s stacktest.Stack, resource stacktest.Resource) bool {
	s.T.Helper()
	return slices.ContainsFunc(eventLogs(s), func(log string) bool {
		file, err := os.Open(log)
		if err != nil {
			s.T.Fatal(err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			if line := lines.Text(); strings.Contains(line, `"resourcePreEvent"`) && strings.Contains(line, `"op":"create","urn":"`+resource.URN+`"`) {
				return true
			}
		}
		return false
	})
}

// eventLogs are the files in which the engine writes what its updates do.
func eventLogs(s stacktest.Stack) []string {
	s.T.Helper()
	logs, err := filepath.Glob(filepath.Join(s.Sandbox.Home, "events", "*.json"))
	if err != nil {
		s.T.Fatal(err)
	}
	return logs
}

// isThere reports whether the cluster has the Deployment.
func isThere(s stacktest.Stack, deployment stacktest.Resource) bool {
	s.T.Helper()
	deployments, name := interfaceOf(s, deployment)
	_, err := deployments.Get(s.T.Context(), name, metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		s.T.Fatal(err)
	}
	return err == nil
}

// remove deletes a Deployment in its cluster, with its pods, and not in the state.
func remove(s stacktest.Stack, deployment stacktest.Resource) {
	s.T.Helper()
	deployments, name := interfaceOf(s, deployment)
	foreground := metav1.DeletePropagationForeground
	if err := deployments.Delete(s.T.Context(), name, metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
		s.T.Fatal(err)
	}
	for isThere(s, deployment) {
		time.Sleep(inFlight / 10)
	}
}

// interfaceOf is that of the Deployments beside one, whose name it gives.
func interfaceOf(s stacktest.Stack, deployment stacktest.Resource) (v1.DeploymentInterface, string) {
	s.T.Helper()
	_, client := s.Cluster()
	namespace, name, _ := strings.Cut(deployment.ID, "/")
	return client.AppsV1().Deployments(namespace), name
}
