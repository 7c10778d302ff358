// Package faults makes the sandbox's clouds fail. What goes wrong is told by
// one file, faults.yaml in the directory of the sandbox:
//
//	faults:
//	  - resource: gcp:compute/uRLMap:URLMap
//	    verb: create
//	    mode: fail
//	    times: 2
//	  - resource: urn:pulumi:dev::*::*$kubernetes:core/v1:Service::*chat
//	    verb: delete
//	    mode: fail-after
//	    error: the connection was reset
//
// A plugin reads it when it starts. Without the file nothing stands between the
// engine and the provider. Saving the file arms its faults again. To save or
// to remove it also ends what hangs, as a connection that is lost.
package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Fault is one thing that goes wrong.
type Fault struct {
	// Resource is the type or the URN of the resources that it befalls; *
	// stands for any text.
	Resource string `json:"resource"`
	// Verb is what is done to them.
	Verb Verb `json:"verb"`
	// Mode is how it goes wrong.
	Mode Mode `json:"mode"`
	// Times is how often: 1 if it is not given.
	Times *int `json:"times"`
	// Error is what the cloud answers: what it typically does if it is not
	// given. A partial failure gives it as the reason.
	Error string `json:"error"`
}

// Verb is an operation on a resource.
type Verb string

// The operations that can go wrong.
const (
	Create Verb = "create"
	Read   Verb = "read"
	Update Verb = "update"
	Delete Verb = "delete"
)

// Mode is a way to go wrong.
type Mode string

// The ways to go wrong.
const (
	// Fail answers with an error before anything is done.
	Fail Mode = "fail"
	// FailAfter answers with an error after it is done: the engine cannot know
	// the outcome.
	FailAfter Mode = "fail-after"
	// Partial does it, and says that the resource is there but did not become
	// ready.
	Partial Mode = "partial"
	// Hang waits before anything is done, until the engine gives up or is gone, or
	// the file is saved or removed.
	Hang Mode = "hang"
	// HangAfter does it, and then does not answer.
	HangAfter Mode = "hang-after"
)

var (
	verbs = []Verb{Create, Read, Update, Delete}
	modes = []Mode{Fail, FailAfter, Partial, Hang, HangAfter}
)

// after says whether the operation is done before it goes wrong.
func (m Mode) after() bool { return m == FailAfter || m == Partial || m == HangAfter }

// times is how often the fault befalls.
func (f Fault) times() int {
	if f.Times == nil {
		return 1
	}
	return *f.Times
}

// File is the path of the file in the sandbox with this home.
func File(home string) string { return filepath.Join(home, "faults.yaml") }

// Load reads the file. One that does not exist has no faults. Everything that
// is wrong with it is told with its path.
func Load(path string) ([]Fault, error) {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	document, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var content struct {
		Faults []Fault `json:"faults"`
	}
	strict, err := kjson.UnmarshalStrict(document, &content)
	if err != nil {
		strict = append(strict, err)
	}
	for i, fault := range content.Faults {
		strict = append(strict, fault.check(fmt.Sprintf("faults[%d]", i))...)
	}
	return content.Faults, inFile(path, strict)
}

// check says what is wrong with the fault, whatever is served.
func (f Fault) check(path string) []error {
	var wrong []error
	refuse := func(key, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s.%s: %s", path, key, fmt.Sprintf(format, args...)))
	}
	if !slices.Contains(packages, packageOf(f.Resource)) {
		refuse("resource", "%q is neither a type nor a URN of %s", f.Resource, strings.Join(packages, ", "))
	}
	if !slices.Contains(verbs, f.Verb) {
		refuse("verb", "%q is none of %s", f.Verb, list(verbs))
	}
	if !slices.Contains(modes, f.Mode) {
		refuse("mode", "%q is none of %s", f.Mode, list(modes))
	}
	if f.Mode == Partial && f.Verb == Delete {
		refuse("mode", "a deletion cannot be partial: it leaves no state")
	}
	if f.times() < 1 {
		refuse("times", "%d is less than 1", f.times())
	}
	if f.Error != "" && (f.Mode == Hang || f.Mode == HangAfter) {
		refuse("error", "what hangs gives no error")
	}
	return wrong
}

// inFile joins the errors, each with the file's path; nil if there are none.
func inFile(path string, wrong []error) error {
	if len(wrong) == 0 {
		return nil
	}
	messages := make([]string, len(wrong))
	for i, err := range wrong {
		messages[i] = path + ": " + err.Error()
	}
	return fmt.Errorf("%s", strings.Join(messages, "\n"))
}

func list[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = string(value)
	}
	return strings.Join(words, ", ")
}
