package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"ai-serving/sandbox/store"
)

// readyTimeout is what each program gets to become ready. It takes seconds; a
// machine that compiles at the same time is much slower.
const readyTimeout = 2 * time.Minute

// The programs of a cluster.
const (
	etcd              = "etcd"
	apiServer         = "kube-apiserver"
	controllerManager = "kube-controller-manager"
	scheduler         = "kube-scheduler"
	kwok              = "kwok"
	gkeControllers    = "gke-controllers"
)

// stopOrder lists the programs in the order in which they are stopped: those of
// a row at the same time, and nothing before what still uses it.
var stopOrder = [][]string{
	{gkeControllers, kwok, scheduler, controllerManager},
	{apiServer},
	{etcd},
}

// start starts what does not run of the cluster and waits until all of it works.
// While the API server is made unreachable, it starts nothing.
func (c Cluster) start(ctx context.Context) error {
	if unreachable, err := c.Unreachable(); unreachable || err != nil {
		return err
	}
	before, err := c.Running()
	if err != nil {
		return err
	}
	err = c.startAll(ctx)
	if !errors.Is(err, errEnded) {
		return err
	}
	// A program that was killed takes a moment to end, and looks as if it ran.
	if after, lookErr := c.Running(); lookErr != nil || !hasLost(before, after) {
		return errors.Join(err, lookErr)
	}
	return c.startAll(ctx)
}

// hasLost reports whether one of the programs that ran before does no longer.
func hasLost(before, after []Program) bool {
	return slices.ContainsFunc(before, func(program Program) bool {
		return !slices.ContainsFunc(after, func(other Program) bool { return other.PID == program.PID })
	})
}

func (c Cluster) startAll(ctx context.Context) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	if err := c.startEtcd(ctx); err != nil {
		return err
	}
	if err := c.startAPIServer(ctx, client); err != nil {
		return err
	}
	for _, start := range []func(context.Context) error{
		c.startControllerManager, c.startScheduler, c.startKWOK, c.startGKEControllers,
	} {
		if err := start(ctx); err != nil {
			return err
		}
	}
	return c.awaitControllers(ctx, client)
}

func (c Cluster) startEtcd(ctx context.Context) error {
	if err := c.checkData(); err != nil {
		return err
	}
	client, peer := "http://"+address(c.ports.EtcdClient), "http://"+address(c.ports.EtcdPeer)
	err := c.listen(ctx, etcd, []int{c.ports.EtcdClient, c.ports.EtcdPeer},
		"--name=sandbox",
		"--data-dir="+c.file(etcdData),
		"--listen-client-urls="+client,
		"--advertise-client-urls="+client,
		"--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer,
		"--initial-cluster=sandbox="+peer,
		"--unsafe-no-fsync", // a power failure may cost a sandbox its last writes
		"--log-level=warn",
	)
	if err != nil {
		return err
	}
	return c.process(etcd).await(ctx, readyTimeout, func(ctx context.Context) error { return get(ctx, client+"/health") })
}

// checkData refuses to start etcd on a file that was cut off: it would end in a
// fault of which its log says nothing. An empty one etcd makes again.
func (c Cluster) checkData() error {
	if _, running, err := c.process(etcd).running(); running || err != nil {
		return err
	}
	path := c.file(filepath.Join(etcdData, "member", "snap", "db"))
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return nil
	}
	if err := store.Whole(path); err != nil {
		return fmt.Errorf("etcd: its data in %s is damaged: %w: there is no copy of it: start again with make clean", path, err)
	}
	return nil
}

func (c Cluster) startAPIServer(ctx context.Context, client kubernetes.Interface) error {
	if err := c.writeAggregation(); err != nil {
		return err
	}
	err := c.listen(ctx, apiServer, []int{c.ports.APIServer}, append(c.aggregationFlags(),
		"--etcd-servers=http://"+address(c.ports.EtcdClient),
		"--bind-address="+loopback,
		"--advertise-address="+loopback,
		fmt.Sprintf("--secure-port=%d", c.ports.APIServer),
		"--tls-cert-file="+c.file(servingCertificate),
		"--tls-private-key-file="+c.file(servingKey),
		"--token-auth-file="+c.plane.tokenTable(),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://container.googleapis.com/v1/"+c.ID,
		"--service-account-key-file="+c.file(serviceAccountKey),
		"--service-account-signing-key-file="+c.file(serviceAccountKey),
		"--service-cluster-ip-range=34.118.224.0/20", // GKE's own default
		"--endpoint-reconciler-type=none",            // nothing in the cluster could reach loopback
		"--allow-privileged=true",
		"--profiling=false",
	)...)
	if err != nil {
		return err
	}
	return c.process(apiServer).await(ctx, readyTimeout, func(ctx context.Context) error {
		return client.CoreV1().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

func (c Cluster) startControllerManager(ctx context.Context) error {
	return c.process(controllerManager).start(ctx, controllerManager,
		"--kubeconfig="+c.Kubeconfig,
		"--leader-elect=false",
		"--secure-port=0",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file="+c.file(serviceAccountKey),
		"--root-ca-file="+c.file(caCertificate),
		"--flex-volume-plugin-dir="+c.file("volume-plugins"), // made at start, by default in /usr/libexec
	)
}

func (c Cluster) startScheduler(ctx context.Context) error {
	return c.process(scheduler).start(ctx, scheduler,
		"--kubeconfig="+c.Kubeconfig,
		"--leader-elect=false",
		"--secure-port=0",
	)
}

// startKWOK starts the stand-in for the kubelets. What it makes of nodes and
// pods is told by stages, which lie beside the program.
func (c Cluster) startKWOK(ctx context.Context) error {
	program, err := exec.LookPath(kwok)
	if err != nil {
		return missing(err)
	}
	return c.process(kwok).start(ctx, program,
		"--kubeconfig="+c.Kubeconfig,
		"--config="+inList(filepath.Join(filepath.Dir(program), "kwok-stages.yaml")),
		"--manage-nodes-with-annotation-selector="+nodeAnnotation+"="+nodeAnnotationValue,
		"--node-lease-duration-seconds=40",
		"--server-address=",
	)
}

// inList writes a value for a flag that takes a list of values, as pflag reads it:
// as a line of CSV, in which a path may have commas and quotes.
func inList(value string) string { return `"` + strings.ReplaceAll(value, `"`, `""`) + `"` }

// startGKEControllers starts the stand-in for Google's controllers, and for the kubelets at
// the end of pods, which take their time if the clouds do.
func (c Cluster) startGKEControllers(ctx context.Context) error {
	return c.process(gkeControllers).start(ctx, "sandbox", gkeControllers, "--home="+c.plane.home, c.ID, c.plane.latency)
}

// awaitControllers waits until the controller manager has done its first work,
// without which no pod can be made, and GKE's controllers theirs, which serve what GKE has
// in a new cluster; and the other programs still run.
func (c Cluster) awaitControllers(ctx context.Context, client kubernetes.Interface) error {
	err := c.process(controllerManager).await(ctx, readyTimeout, func(ctx context.Context) error {
		_, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range []string{scheduler, kwok, gkeControllers} {
		p := c.process(name)
		if _, running, err := p.running(); err != nil {
			return err
		} else if !running {
			return p.failure(errEnded)
		}
	}
	return c.process(gkeControllers).await(ctx, readyTimeout, func(context.Context) error { return c.checkTunnel() })
}

// listen starts a program whose ports nothing else may listen on.
func (c Cluster) listen(ctx context.Context, program string, ports []int, arguments ...string) error {
	p := c.process(program)
	if _, running, err := p.running(); running || err != nil {
		return err
	}
	for _, port := range ports {
		if err := checkFree(port); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
	}
	return p.start(ctx, program, arguments...)
}

// stop stops the programs of the cluster in this directory.
func stop(ctx context.Context, directory string) error {
	for _, names := range stopOrder {
		processes := make([]process, 0, len(names))
		for _, name := range names {
			processes = append(processes, process{directory, name})
		}
		if err := stopAll(ctx, processes...); err != nil {
			return err
		}
	}
	return nil
}

// Program is a running program of a cluster.
type Program struct {
	Name     string
	PID      int
	Outdated bool // the program on PATH is another by now
}

// Running returns the programs of the cluster that run.
func (c Cluster) Running() ([]Program, error) {
	var programs []Program
	for _, name := range slices.Concat(stopOrder...) {
		pid, running, err := c.process(name).running()
		if err != nil {
			return nil, fmt.Errorf("cluster %s: %s: %w", c.ID, name, err)
		}
		if running {
			programs = append(programs, Program{name, pid, isOutdated(pid, executable(name))})
		}
	}
	return programs, nil
}

// executable is the name of the file that a program is in.
func executable(program string) string {
	if program == gkeControllers {
		return "sandbox"
	}
	return program
}

func (c Cluster) process(name string) process { return process{c.directory(), name} }

// get asks for a page and returns an error unless it is there.
func get(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() // its content is not used
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
