package project

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"ai-serving/internal/config"
	"ai-serving/sandbox/stacks"
)

// checkSize refuses a stack file with more settings than the engine can hand to the
// program: the language host would say "argument list too long", and nothing else.
func checkSize(text []byte) error {
	project := &workspace.Project{Name: tokens.PackageName(stacks.Project)}
	read, err := workspace.LoadProjectStackBytes(nil, project, text, "", encoding.YAML)
	if err != nil {
		return err
	}
	settings, err := read.Config.Decrypt(madeUp{})
	if err != nil {
		return err
	}
	values := map[string]string{}
	for key, value := range settings {
		values[key.String()] = value
	}
	passed, err := json.Marshal(values)
	if err == nil && len(passed) > config.MaxSettings {
		err = fmt.Errorf("%d bytes of settings, and Linux lets Pulumi hand a program %d: move tenants to files of their own, and name those with %s",
			len(passed), config.MaxSettings, patternsKey)
	}
	return err
}

// madeUp decrypts every secret to what the sandbox makes up.
type madeUp struct{}

var _ pulumiconfig.Decrypter = madeUp{}

const plaintext = "made up by the sandbox"

// DecryptValue gives the one text that there is.
func (madeUp) DecryptValue(context.Context, string) (string, error) { return plaintext, nil }

// BatchDecrypt gives it for each of the ciphertexts.
func (madeUp) BatchDecrypt(_ context.Context, ciphertexts []string) ([]string, error) {
	return slices.Repeat([]string{plaintext}, len(ciphertexts)), nil
}
