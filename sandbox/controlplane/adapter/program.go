// Package adapter plays Google's adapter of custom metrics, which autoscalers ask for the
// metrics of pods: see github.com/GoogleCloudPlatform/k8s-stackdriver,
// custom-metrics-stackdriver-adapter. It serves with the same library as the adapter, for
// a pod of a cluster that would run the adapter, and with the rights of that pod.
package adapter

import (
	"errors"
	"flag"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	basecmd "sigs.k8s.io/custom-metrics-apiserver/pkg/cmd"
)

const (
	// Image is the adapter's, with any tag or digest.
	Image = "gcr.io/gke-release/custom-metrics-stackdriver-adapter"

	name = "custom-metrics-stackdriver-adapter"
	// executable is the program in the image, which runs none by itself: its Dockerfile.
	executable = "/adapter"
	// credentials is where a pod has the token of its account.
	credentials = "/var/run/secrets/kubernetes.io/serviceaccount"
)

// program is the adapter as a container runs it.
type program struct {
	base basecmd.AdapterBase
	// newResourceModel is needed for metrics of Prometheus.
	newResourceModel bool
}

// programOf is the adapter that a pod runs. The error says why none of its containers
// serves.
func programOf(pod *corev1.Pod) (*program, error) {
	i := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return isAdapter(c.Image) })
	if i < 0 {
		return nil, errors.New("connection refused: no container has the image " + Image)
	}
	container := pod.Spec.Containers[i]
	started, err := parse(pod, container)
	if err != nil {
		return nil, fmt.Errorf("container %s ends: %w", container.Name, err)
	}
	return started, nil
}

// isAdapter says whether an image is the adapter's.
func isAdapter(image string) bool {
	rest, is := strings.CutPrefix(image, Image)
	return is && (rest == "" || rest[0] == ':' || rest[0] == '@')
}

// parse does what the adapter does when it starts, until it reads from the cluster.
func parse(pod *corev1.Pod, container corev1.Container) (*program, error) {
	line := slices.Concat(container.Command, container.Args)
	if len(container.Command) == 0 || path.Base(line[0]) != path.Base(executable) {
		return nil, fmt.Errorf("its image names no program: give the command %s", executable)
	}
	hasCredentials := func(mount corev1.VolumeMount) bool { return path.Clean(mount.MountPath) == credentials }
	if !slices.ContainsFunc(container.VolumeMounts, hasCredentials) {
		return nil, errors.New("unable to load in-cluster configuration: the pod mounts no token of its service account")
	}
	p := &program{base: basecmd.AdapterBase{Name: name, FlagSet: pflag.NewFlagSet(name, pflag.ContinueOnError)}}
	p.base.FlagSet.Usage = func() {}
	p.base.InstallFlags()
	p.ownFlags(p.base.FlagSet)
	if err := p.base.FlagSet.Parse(line[1:]); err != nil {
		return nil, err
	}
	if directory := p.base.SecureServing.ServerCert.CertDirectory; !isWritable(pod, container, directory) {
		return nil, fmt.Errorf("error creating self-signed certificates: mkdir %s: it is not writable: mount a volume there, or give --cert-dir", directory)
	}
	return p, nil
}

// ownFlags are those that the adapter has beside its library's: see its adapter.go. Those
// that change nothing here are read and forgotten.
func (p *program) ownFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&p.newResourceModel, "use-new-resource-model", false, "")
	for _, name := range []string{
		"enable-custom-metrics-api", "enable-external-metrics-api", "fallback-for-container-metrics",
		"enable-core-metrics-api", "list-full-custom-metrics", "enable-distribution-support",
	} {
		flags.Bool(name, false, "")
	}
	for _, name := range []string{"metrics-address", "stackdriver-endpoint"} {
		flags.String(name, "", "")
	}
	for _, name := range []string{"external-metric-cache-ttl", "metric-kind-cache-ttl"} {
		flags.Duration(name, 0, "")
	}
	for _, name := range []string{"external-metric-cache-size", "metric-kind-cache-size"} {
		flags.Int(name, 0, "")
	}
	var logging flag.FlagSet
	klog.InitFlags(&logging)
	logging.VisitAll(func(f *flag.Flag) {
		if flags.Lookup(f.Name) != nil {
			return
		}
		forgotten := pflag.PFlagFromGoFlag(f)
		text := f.DefValue
		forgotten.Value = (*ignored)(&text)
		flags.AddFlag(forgotten)
	})
}

// ignored is a flag's value that nothing reads.
type ignored string

func (i *ignored) Set(text string) error { *i = ignored(text); return nil }
func (i *ignored) String() string        { return string(*i) }
func (*ignored) Type() string            { return "string" }

// isWritable says whether a container may write to a directory: to a volume it may, and
// else to what its user owns of the image, which is /tmp if it is not root.
func isWritable(pod *corev1.Pod, container corev1.Container, directory string) bool {
	if !path.IsAbs(directory) {
		directory = path.Join("/", container.WorkingDir, directory)
	}
	if slices.ContainsFunc(container.VolumeMounts, func(mount corev1.VolumeMount) bool {
		return !mount.ReadOnly && isWithin(directory, path.Clean(mount.MountPath))
	}) {
		return true
	}
	security := container.SecurityContext
	if security != nil && security.ReadOnlyRootFilesystem != nil && *security.ReadOnlyRootFilesystem {
		return false
	}
	return isRoot(pod, container) || isWithin(directory, "/tmp")
}

func isWithin(directory, parent string) bool {
	return directory == parent || strings.HasPrefix(directory, strings.TrimSuffix(parent, "/")+"/")
}

// isRoot says whether a container runs as root, as its image has it.
func isRoot(pod *corev1.Pod, container corev1.Container) bool {
	if security := container.SecurityContext; security != nil && security.RunAsUser != nil {
		return *security.RunAsUser == 0
	}
	security := pod.Spec.SecurityContext
	return security == nil || security.RunAsUser == nil || *security.RunAsUser == 0
}
