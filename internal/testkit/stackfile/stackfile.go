// Package stackfile reads stack files for tests.
package stackfile

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing/fstest"

	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"ai-serving/internal/config"
)

const project = "ai-serving"

// Read reads the text of a stack's file as the engine hands it to the program: by
// full key, a scalar as it stands, an object as JSON. It is the engine's own code
// that does so. What is encrypted is replaced by [Secret]. The project has no other
// files.
func Read(stack, text string) (config.File, error) {
	file, err := read(stack, text)
	file.Root = stackFile(stack, text)
	return file, err
}

// ReadIn reads the text of a stack's file as [Read] does, in a project's directory,
// whose other files the stack file may name.
func ReadIn(directory, stack, text string) (config.File, error) {
	file, err := read(stack, text)
	file.Root = overlay{os.DirFS(directory).(fs.ReadLinkFS), stackFile(stack, text)}
	return file, err
}

func fileName(stack string) string { return "Pulumi." + stack + ".yaml" }

func stackFile(stack, text string) fstest.MapFS {
	return fstest.MapFS{fileName(stack): {Data: []byte(text)}}
}

// overlay is a directory with other files over its own.
type overlay struct {
	fs.ReadLinkFS
	over fstest.MapFS
}

// Open opens the file that is over the directory's, or else the directory's.
func (o overlay) Open(name string) (fs.File, error) {
	if _, isOver := o.over[name]; isOver {
		return o.over.Open(name)
	}
	return o.ReadLinkFS.Open(name)
}

func read(stack, text string) (config.File, error) {
	name := tokens.PackageName(project)
	settings, err := workspace.LoadProjectStackBytes(nil, &workspace.Project{Name: name}, []byte(text), fileName(stack), encoding.YAML)
	if err != nil {
		return config.File{}, fmt.Errorf("stack file: %w", err)
	}
	file := config.File{Project: project, Stack: stack, Values: map[string]string{}}
	for key, value := range settings.Config {
		if value.Secure() {
			file.SecretKeys = append(file.SecretKeys, key.String())
		}
		if file.Values[key.String()], err = value.Value(decrypter{key.String()}); err != nil {
			return config.File{}, fmt.Errorf("stack file: %s: %w", key, err)
		}
	}
	slices.Sort(file.SecretKeys)
	return file, nil
}

// Secret is what stands for the encrypted value of a full key.
func Secret(key string) string { return "plaintext of " + key }

// decrypter decrypts the value of a full key.
type decrypter struct{ key string }

var _ pulumiconfig.Decrypter = decrypter{}

// DecryptValue gives the plaintext of the key, whatever is encrypted.
func (d decrypter) DecryptValue(context.Context, string) (string, error) { return Secret(d.key), nil }

// BatchDecrypt gives the plaintext of the key for each ciphertext.
func (d decrypter) BatchDecrypt(_ context.Context, ciphertexts []string) ([]string, error) {
	return slices.Repeat([]string{Secret(d.key)}, len(ciphertexts)), nil
}
