package mutants

import (
	"errors"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// verdict is what became of a mutant.
type verdict string

const (
	byType      verdict = "typed check"
	byReference verdict = "reference check"
	byRule      verdict = "another rule"
	equivalent  verdict = "same resource"
	survived    verdict = "survived"
	crashed     verdict = "crashed"
)

// result is the verdict on a mutant, the refusal, and which resource met it.
type result struct {
	mutant
	verdict verdict
	err     error
	met     resource.URN
}

// missing is how the clouds say that a reference refers to nothing, or to something
// of another kind.
var missing = regexp.MustCompile(`(?i)InvalidResourceReference|LinkedInvalidPropertyId|InvalidRequestFormat|ParentResourceNotFound|ResourceGroupNotFound|ResourceNotFound` +
	`|not ?found|does not exist|Unexpected resource collection|could not find`)

// errLate is of an object that does not become ready.
var errLate = errors.New("made, and not ready in time")

func judge(m mutant, met resource.URN, err error) result {
	r := result{mutant: m, verdict: byRule, err: err, met: met}
	var refused *refusal
	var panicked *crash
	switch {
	case errors.As(err, &panicked):
		r.verdict = crashed
	case err == nil:
		r.verdict = survived
	case errors.Is(err, errSame):
		r.verdict = equivalent
	case errors.As(err, &refused) && refused.at == checking:
		r.verdict = byType
	case errors.Is(err, errLate): // whose words tell of what was seen last, which differs
		if strings.HasSuffix(m.path, "serviceAccountName") || strings.Contains(m.path, "secretKeyRef") {
			r.verdict = byReference
		}
	case missing.MatchString(err.Error()):
		r.verdict = byReference
	}
	return r
}
