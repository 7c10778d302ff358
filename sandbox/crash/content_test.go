package crash

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/stacktest"
)

func TestTwoUndisturbedRunsAreEqual(t *testing.T) {
	t.Parallel()
	var contents [][]string
	for range 2 {
		s := stacktest.New(t, "Pulumi.dev.yaml")
		s.Up()
		contents = append(contents, s.Content())
	}
	if diff := cmp.Diff(contents[0], contents[1]); diff != "" {
		t.Errorf("contents (-first +second)\n%s", diff)
	}
	t.Logf("%d resources, %d bytes", len(contents[0]), len(contents[0][0]))
}
