package cli

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ai-serving/sandbox/project"
	"ai-serving/sandbox/stacks"
)

// selected is the stack that a command without a stack is about, or "": the one in
// PULUMI_STACK, or else that of "pulumi stack select".
func selected(place stacks.Place) (string, error) {
	if stack, set := os.LookupEnv("PULUMI_STACK"); set {
		return stack, nil
	}
	path := workspace(place)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	// A sandbox has one backend. Older engines keep one stack for all backends.
	var settings struct {
		Stack  string
		Stacks map[string]string
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		return "", fmt.Errorf("%s, which has the selected stack: %w: delete it", path, err)
	}
	for _, stack := range settings.Stacks {
		return stack, nil
	}
	return settings.Stack, nil
}

// workspace is the file in which Pulumi keeps the stack that is selected for the
// copy of the project: pkg/workspace of github.com/pulumi/pulumi, v3.259.0.
func workspace(place stacks.Place) string {
	hash := sha1.Sum([]byte(filepath.Join(project.Directory(place.Home), "Pulumi.yaml")))
	return filepath.Join(pulumiHome(place), "workspaces", stacks.Project+"-"+hex.EncodeToString(hash[:])+"-workspace.json")
}
