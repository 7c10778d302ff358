package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

// TestASecretOnAnInstanceIsOneLine is of values, which no text of a stack file shows.
func TestASecretOnAnInstanceIsOneLine(t *testing.T) {
	t.Parallel()
	const broken = "has a line break, which no variable on an instance can have: encode it, as by base64, or serve the model on gcp.kubernetes"
	for name, test := range map[string]struct {
		model, value string
		want         []string
	}{
		"one line": {"embed", "hunter2", nil},
		"two lines": {"embed", "one\ntwo", []string{
			"ai-serving:token: Forbidden: ai-serving:models.embed.secretEnvironment.TOKEN refers to it, and its value " + broken,
		}},
		"two lines on Kubernetes": {"chat", "one\ntwo", nil},
		"a long line":             {"embed", strings.Repeat("x", 64<<10), []string{"ai-serving:token: Too long: may not be more than 65471 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			image := "      image: registry.example.com/" + test.model + ":1\n"
			file, err := stackfile.Read("test", edit(t, stack, image, image+"      secretEnvironment: {TOKEN: token}\n", azure, "  ai-serving:token: {secure: v1:ciphertext}\n"+azure))
			if err != nil {
				t.Fatal(err)
			}
			file.Values["ai-serving:token"] = test.value
			_, err = config.Load(file)
			if err == nil && test.want == nil {
				return
			}
			if diff := cmp.Diff(test.want, lines(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
