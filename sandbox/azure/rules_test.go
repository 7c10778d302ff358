package azure

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/rules/rulestest"
	"ai-serving/sandbox/store"
)

type examples map[*rules.Rule]rulestest.Example

func TestRules(t *testing.T) {
	t.Parallel()
	all := examples{}
	for _, some := range []examples{
		typedExamples(), resourceExamples(), networkExamples(), addressExamples(), inUseExamples(), gatewayExamples(), overlapExamples(),
		routingExamples(), rewriteExamples(), backendExamples(), tlsExamples(), firewallExamples(), profileExamples(), containerExamples(),
	} {
		maps.Copy(all, some)
	}
	rulestest.Run(t, &Rules, all)
}

// attempt is a request in a world of its own.
type attempt func(s sandbox) error

func example(wrong, right attempt) rulestest.Example {
	try := func(a attempt) func(*testing.T) error {
		return func(t *testing.T) error {
			t.Helper()
			return a(inWorld(t))
		}
	}
	return rulestest.Example{Wrong: try(wrong), Right: try(right)}
}

var (
	worldOnce sync.Once
	worldFile []byte
)

// inWorld gives a sandbox in which a region stands: see [sandbox.region]. The
// region is made once, and its store copied.
func inWorld(t *testing.T) sandbox {
	t.Helper()
	s := newSandbox(t)
	path := filepath.Join(t.TempDir(), "azure.db")
	s.manager = manager{store.At(path)}
	worldOnce.Do(func() {
		s.region()
		made, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		worldFile = made
	})
	if err := os.WriteFile(path, worldFile, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// makes creates a resource.
func makes(token string, inputs object) attempt {
	return func(s sandbox) error {
		s.t.Helper()
		_, err := s.tryCreate(token, "it", inputs)
		return err
	}
}

// creates is the example of a rule that one request breaks and another keeps.
func creates(token string, wrong, right object) rulestest.Example {
	return example(makes(token, wrong), makes(token, right))
}

// changes updates a resource that was made of other inputs.
func changes(token string, before, after object) attempt {
	return func(s sandbox) error {
		s.t.Helper()
		_, err := s.tryUpdate(s.create(token, "it", before), token, after)
		return err
	}
}

func updates(token string, before, wrong, right object) rulestest.Example {
	return example(changes(token, before, wrong), changes(token, before, right))
}

// then makes more of the world before an attempt.
func then(a attempt, before ...func(s sandbox)) attempt {
	return func(s sandbox) error {
		s.t.Helper()
		for _, prepare := range before {
			prepare(s)
		}
		return a(s)
	}
}

// with gives inputs with more, or other, properties.
func with(inputs object, more object) object {
	result := maps.Clone(inputs)
	maps.Copy(result, more)
	return result
}

// typed compares inputs with the definition of their type.
func typed(token string, wrong, right object) rulestest.Example {
	try := func(inputs object) attempt {
		return func(s sandbox) error {
			t, definition, err := s.kind(urn(token, "it").Type())
			if err != nil {
				return err
			}
			var failures []error
			for _, failure := range checkInputs(t, definition, resource.NewPropertyMapFromMap(inputs)).failures {
				failures = append(failures, failure.Refusal)
			}
			return errors.Join(failures...)
		}
	}
	return example(try(wrong), try(right))
}

// A check of a type that is not served would never run.
func TestChecksAreOfServedTypes(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, served := range Served() {
		known[strings.ToLower(served.Definition)] = true
	}
	for _, kind := range endpointTypes {
		known[profileType+"/"+strings.ToLower(kind)] = true
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(checks)), slices.Collect(maps.Keys(inUse))) {
		if !known[name] {
			t.Errorf("there are checks of %s, which is not served", name)
		}
	}
}

func TestARefusalIsShownAsTheProviderDoes(t *testing.T) {
	t.Parallel()
	s := inWorld(t)
	_, err := s.tryCreate("network:VirtualNetwork", "it", object{
		"resourceGroupName": "none", "location": "westeurope", "virtualNetworkName": "it",
	})
	if want := `Code="ResourceGroupNotFound" Message="Resource group \"none\" could not be found."`; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
}
