package crash

import (
	"strings"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"

	"ai-serving/sandbox/stacktest"
)

// inFlight is how long a program is held for the next request to arrive at it.
const inFlight = 500 * time.Millisecond

// middle is where a victim is killed while a Deployment is replaced.
type middle struct {
	victims []stacktest.Victim
	// after is what the API server tells of the Deployment before.
	after watch.EventType
	// held is a program that does nothing from then on, until the victims are dead.
	held string
}

// middles kill the plugin while it waits for the new Deployment to become ready, which it
// does not without its nodes; and the API server while it has been asked for the new
// Deployment, and has no answer of etcd's: nothing says then whether the object was
// made. Every other time, etcd is killed too.
func middles(turn int) []middle {
	plugin, server, etcd := clusterVictims[0], clusterVictims[1], clusterVictims[2]
	asked := middle{[]stacktest.Victim{server}, watch.Deleted, etcd.Name}
	if turn%2 == 1 {
		asked.victims = append(asked.victims, etcd)
	}
	return []middle{{[]stacktest.Victim{plugin}, watch.Added, "kwok"}, asked}
}

// killInTheMiddle replaces a Deployment again and again, and each time kills something
// in the middle of it.
func killInTheMiddle(s stacktest.Stack, kills *counter) {
	s.T.Helper()
	deployment := s.Find("kubernetes:apps/v1:Deployment")
	for turn := range otherKills {
		for _, m := range middles(turn) {
			m.kill(s, deployment)
			for _, victim := range m.victims {
				s.T.Logf("up: %s killed in the middle of %s", victim.Name, deployment.Name())
				kills.add("up", victim)
			}
			s.Recover()
			s.Pulumi("up", "--yes", "--skip-preview", "--target", deployment.URN) // it may be missing
		}
	}
}

func (m middle) kill(s stacktest.Stack, deployment stacktest.Resource) {
	s.T.Helper()
	held := s.Process(m.held)
	events := follow(s, deployment)
	defer events.Stop()
	s.Kill(m.victims, func() bool {
		select {
		case event := <-events.ResultChan():
			if event.Type != m.after {
				return false
			}
		default:
			return false
		}
		if err := syscall.Kill(held, syscall.SIGSTOP); err != nil {
			s.T.Fatal(err)
		}
		time.Sleep(inFlight)
		return true
	}, "up", "--yes", "--skip-preview", "--target-replace", deployment.URN)
	for _, victim := range m.victims {
		if victim.Name == m.held {
			return
		}
	}
	if err := syscall.Kill(held, syscall.SIGCONT); err != nil {
		s.T.Fatal(err)
	}
}

// follow tells what happens to an object from now on.
func follow(s stacktest.Stack, deployment stacktest.Resource) watch.Interface {
	s.T.Helper()
	_, client := s.Cluster()
	namespace, name, _ := strings.Cut(deployment.ID, "/")
	deployments := client.AppsV1().Deployments(namespace)
	named := metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", name).String()}
	now, err := deployments.List(s.T.Context(), named)
	if err != nil {
		s.T.Fatal(err)
	}
	named.ResourceVersion = now.ResourceVersion
	events, err := deployments.Watch(s.T.Context(), named)
	if err != nil {
		s.T.Fatal(err)
	}
	return events
}
