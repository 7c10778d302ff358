package recovery

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
)

// Attempt is a creation that did not succeed, as far as an event log tells.
type Attempt struct {
	// resource is what the state would have of it.
	resource object
	// failure is what the provider answered; empty if the log ends before that.
	failure string
}

// URN is the URN of the resource.
func (a Attempt) URN() string { return text(a.resource, "urn") }

// Stack is the name of the stack that the resource is of.
func (a Attempt) Stack() string { return string(resource.URN(a.URN()).Stack()) }

// ReadEvents reads the attempts of an event log, in the order in which they were
// begun. The log is what pulumi up --event-log writes, an event a line, or what
// pulumi stack history events --all --output json prints, a list of events. It
// may end in the middle of an event, as it does when the engine was killed.
func ReadEvents(from io.Reader) ([]Attempt, error) {
	var log eventLog
	buffered := bufio.NewReader(from)
	decoder := json.NewDecoder(buffered)
	if isList(buffered) {
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("event log: %w", err)
		}
	}
	for decoder.More() {
		var event apitype.EngineEvent
		err := decoder.Decode(&event)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("event log: %w", err)
		}
		log.add(event)
	}
	return log.attempts(), nil
}

// isList reports whether the log is a list of events.
func isList(log *bufio.Reader) bool {
	first, err := log.Peek(1)
	return err == nil && first[0] == '['
}

// eventLog is what a log tells of the creations of one deployment.
type eventLog struct {
	begun   []string // URNs
	of      map[string]*Attempt
	problem map[string]string // the last error message, by URN
}

// add takes an event into account. A creation that succeeded is in the state, and
// so is one that is done but for the resource's becoming ready.
func (l *eventLog) add(event apitype.EngineEvent) {
	switch {
	case event.ResourcePreEvent != nil && !event.ResourcePreEvent.Planning:
		l.begin(event.ResourcePreEvent.Metadata)
	case event.DiagnosticEvent != nil && event.DiagnosticEvent.Severity == "error":
		l.set(&l.problem, event.DiagnosticEvent.URN, event.DiagnosticEvent.Message)
	case event.ResOutputsEvent != nil && !event.ResOutputsEvent.Planning:
		delete(l.of, event.ResOutputsEvent.Metadata.URN)
	case event.ResOpFailedEvent != nil && resource.Status(event.ResOpFailedEvent.Status) == resource.StatusPartialFailure:
		delete(l.of, event.ResOpFailedEvent.Metadata.URN)
	case event.ResOpFailedEvent != nil:
		l.fail(event.ResOpFailedEvent.Metadata.URN)
	}
}

func (l *eventLog) set(in *map[string]string, key, value string) {
	if *in == nil {
		*in = map[string]string{}
	}
	(*in)[key] = value
}

// begin notes a creation of a resource that is in a cloud.
func (l *eventLog) begin(step apitype.StepEventMetadata) {
	if step.New == nil || step.Op != apitype.OpCreate && step.Op != apitype.OpCreateReplacement {
		return
	}
	created := object{"urn": step.URN, "type": step.Type, "custom": step.New.Custom, "inputs": withoutSecrets(step.New.Inputs)}
	for key, value := range map[string]string{"parent": step.New.Parent, "provider": step.New.Provider} {
		if value != "" {
			created[key] = value
		}
	}
	for key, set := range map[string]bool{"protect": step.New.Protect, "retainOnDelete": step.New.RetainOnDelete} {
		if set {
			created[key] = true
		}
	}
	if !isInACloud(created) {
		return
	}
	if l.of == nil {
		l.of = map[string]*Attempt{}
	}
	l.begun = append(l.begun, step.URN)
	l.of[step.URN] = &Attempt{resource: created}
}

// fail notes the failure of a creation, whose message came before.
func (l *eventLog) fail(urn string) {
	if attempt, found := l.of[urn]; found {
		attempt.failure = strings.TrimSpace(l.problem[urn])
		if attempt.failure == "" {
			attempt.failure = "it failed without a message"
		}
	}
}

func (l *eventLog) attempts() []Attempt {
	var all []Attempt
	for _, urn := range l.begun {
		if attempt, found := l.of[urn]; found {
			all = append(all, *attempt)
			delete(l.of, urn) // which may have been begun twice
		}
	}
	return all
}

// withoutSecrets are the inputs but for those that have a secret in them, which
// an event log tells nothing of. The next update sets them.
func withoutSecrets(inputs object) object {
	plain := object{}
	for key, value := range inputs {
		if !hasSecret(value) {
			plain[key] = value
		}
	}
	return plain
}

func hasSecret(value any) bool {
	switch value := value.(type) {
	case object:
		if value[sig.Key] == sig.Secret {
			return true
		}
		for _, element := range value {
			if hasSecret(element) {
				return true
			}
		}
	case []any:
		for _, element := range value {
			if hasSecret(element) {
				return true
			}
		}
	}
	return false
}
