package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ai-serving/sandbox/stacks"
)

// checkState refuses to go on with the state of a stack that a kill, a full disk or
// a person has damaged: the engine says neither which file that is, nor where the
// last good one is.
func checkState(place stacks.Place, stack stacks.Stack) error {
	file := place.State(stack.Name)
	damage := readable(file)
	if damage == nil {
		return nil
	}
	copies := []string{copyBefore, copyAfter, copyBackup}
	if !stack.IsDeployed {
		copies, damage = []string{copyAfter}, errors.New("it is gone") // pulumi stack rm removes this one, too
	}
	good, err := lastGood(place, stack.Name, copies)
	if err != nil || good == "" && !stack.IsDeployed {
		return err
	}
	remedy := "there is no copy of it: start again with make clean"
	if good != "" {
		remedy = fmt.Sprintf("put the last good copy back and find out what has changed since: cp %s %s && make recover STACK=%s",
			quote(good), quote(file), stack.Name)
	}
	return fmt.Errorf("the state of stack %s is damaged: %s: %w: %s", stack.Name, file, damage, remedy)
}

// readable says what is wrong if a file is not a state that the engine has written.
func readable(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		return errors.New("it is empty")
	}
	var state struct {
		Version    int
		Checkpoint struct{ Latest json.RawMessage }
	}
	err = json.Unmarshal(text, &state)
	if _, isOther := errors.AsType[*json.UnmarshalTypeError](err); isOther || err == nil && state.Version == 0 {
		return errors.New("it is JSON, and no state")
	}
	return err
}

// The copies that the engine makes of the state of a stack, which is $: before each
// write, and two at the end of each deployment (pkg/backend/diy/state.go of
// github.com/pulumi/pulumi, v3.259.0).
const (
	copyBefore = "stacks/" + stacks.Project + "/$.json.bak"
	copyAfter  = "history/" + stacks.Project + "/$/$-*.checkpoint.json"
	copyBackup = "backups/" + stacks.Project + "/$/$.*.json"
)

// lastGood is the newest of these copies that can be read, or "".
func lastGood(place stacks.Place, stack string, copies []string) (string, error) {
	directory := os.DirFS(filepath.Join(place.Home, "state", ".pulumi"))
	var newest string
	var made time.Time
	for _, pattern := range copies {
		names, err := fs.Glob(directory, strings.ReplaceAll(pattern, "$", stack))
		if err != nil {
			return "", err
		}
		for _, name := range names {
			file := filepath.Join(place.Home, "state", ".pulumi", filepath.FromSlash(name))
			info, err := os.Stat(file)
			if err != nil {
				return "", err
			}
			if info.ModTime().After(made) && readable(file) == nil {
				newest, made = file, info.ModTime()
			}
		}
	}
	return newest, nil
}

// quote quotes a path for the shell.
func quote(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }
