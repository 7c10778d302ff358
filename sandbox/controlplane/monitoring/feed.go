package monitoring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"ai-serving/sandbox/home"
)

// Feed is a directory that says what the servers of a cluster would tell of themselves
// if they ran. It has one file for each metric of each Deployment,
//
//	NAMESPACE/DEPLOYMENT/METRIC
//
// with a [Value] in it, so that two who write do not disturb each other.
type Feed struct{ Directory string }

// Series names a metric of all pods of a Deployment, by its name in Prometheus.
type Series struct{ Namespace, Deployment, Metric string }

// Value is what the pods of a Deployment tell: each of them the same, or together.
type Value struct {
	Together bool
	Quantity resource.Quantity
}

// The two forms of a value as text: each:12 and total:12.
const (
	each  = "each"
	total = "total"
)

const (
	directoryPermissions = 0o700
	filePermissions      = 0o600
)

// metricName is the form of a metric's name in Prometheus:
// prometheus.io/docs/concepts/data_model.
var metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

// ParseValue reads a value of the form each:12, for each pod, or total:12, for all pods
// together, of which every pod gets a part.
func ParseValue(text string) (Value, error) {
	form, number, _ := strings.Cut(text, ":")
	quantity, err := resource.ParseQuantity(number)
	if err != nil || form != each && form != total {
		return Value{}, fmt.Errorf("value %q: write each:N for N of each pod, or total:N for N of all pods together", text)
	}
	if whole := quantity.Value(); form == total && quantity.CmpInt64(whole) != 0 {
		return Value{}, fmt.Errorf("value %q: what pods have together is a whole number: write each:N for a part of one", text)
	}
	return Value{form == total, quantity}, nil
}

func (v Value) String() string {
	if v.Together {
		return total + ":" + v.Quantity.String()
	}
	return each + ":" + v.Quantity.String()
}

// Set makes the pods of a Deployment tell a value.
func (f Feed) Set(series Series, value Value) error {
	if err := series.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.file(series)), directoryPermissions); err != nil {
		return err
	}
	return home.WriteFile(f.file(series), []byte(value.String()+"\n"), filePermissions)
}

// Remove makes the pods of a Deployment tell nothing of a metric.
func (f Feed) Remove(series Series) error {
	if err := series.check(); err != nil {
		return err
	}
	if err := os.Remove(f.file(series)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// values are those of a metric in a namespace, by Deployment.
func (f Feed) values(namespace, metric string) (map[string]Value, error) {
	if !metricName.MatchString(metric) || len(validation.IsDNS1123Label(namespace)) > 0 {
		return nil, nil
	}
	deployments, err := os.ReadDir(filepath.Join(f.Directory, namespace))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	values := map[string]Value{}
	for _, deployment := range deployments {
		path := f.file(Series{namespace, deployment.Name(), metric})
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if values[deployment.Name()], err = ParseValue(strings.TrimSpace(string(raw))); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return values, nil
}

// known says whether any pod of the cluster was ever said to tell a metric.
func (f Feed) known(metric string) (bool, error) {
	if !metricName.MatchString(metric) {
		return false, nil
	}
	files, err := fs.Glob(os.DirFS(f.Directory), "*/*/"+metric)
	return len(files) > 0, err
}

func (f Feed) file(series Series) string {
	return filepath.Join(f.Directory, series.Namespace, series.Deployment, series.Metric)
}

// check says what is wrong with the names, which are a path too.
func (s Series) check() error {
	if faults := validation.IsDNS1123Label(s.Namespace); len(faults) > 0 {
		return fmt.Errorf("namespace %q: %s", s.Namespace, faults[0])
	}
	if faults := validation.IsDNS1123Subdomain(s.Deployment); len(faults) > 0 {
		return fmt.Errorf("deployment %q: %s", s.Deployment, faults[0])
	}
	if !metricName.MatchString(s.Metric) {
		return fmt.Errorf("metric %q: give its name in Prometheus, as vllm:num_requests_waiting", s.Metric)
	}
	return nil
}
