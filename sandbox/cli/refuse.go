package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ai-serving/sandbox/project"
	"ai-serving/sandbox/stacks"
)

var errNotBuilt = errors.New("there is no pulumi in .sandbox/bin or on PATH: run make build first")

// writers are the commands that write to a stack file.
var writers = []string{"config set", "config set-all", "config remove", "config remove-all", "config copy", "config refresh", "config env"}

// runners are the commands that run the program, or read its configuration.
var runners = []string{"up", "preview", "watch", "import", "config", "config get", "stack init"}

// named are the commands that take the stack for an argument, too.
var named = []string{"stack init", "stack select", "stack remove", "cancel"}

// refuse refuses a request that the sandbox does not do, and one for a stack that
// is not there or damaged.
func refuse(place stacks.Place, r request, problems project.Problems) error {
	if len(r.arguments) > 0 && slices.Contains(named, r.command) {
		r.stack = r.arguments[0]
	}
	switch {
	case slices.Contains(writers, r.command):
		return refuseToWrite(r)
	case r.command == "stack change-secrets-provider":
		return errors.New("a sandbox has a secrets provider of its own, and nothing was changed: set \"secretsprovider\" in the stack file itself")
	case r.command == "", r.command == "stack list":
		return nil // it is about no stack
	case r.stack == "" && needsFile(r):
		return errors.New("no stack is selected, and nothing was done: name one, such as --stack dev")
	case r.stack == "":
		return nil // the CLI asks for one
	}
	stack, err := place.Find(r.stack)
	if err != nil {
		return err
	}
	if err := checkState(place, stack); err != nil {
		return err
	}
	if needsFile(r) {
		return errors.Join(stack.NeedsFile(), problems[stack.Name])
	}
	return stack.NeedsState()
}

// needsFile reports whether a request is for what the stack file says: the others
// work on what has been deployed, and a stack whose file is gone can be taken away.
func needsFile(r request) bool {
	return slices.Contains(runners, r.command) || r.has("run-program") || r.command == "stack select" && r.has("create")
}

// refuseToWrite tells what to write to the stack file instead. A command for a
// secret is the one that the program asks for where a secret is missing.
func refuseToWrite(r request) error {
	file := "the stack file"
	if r.stack != "" {
		file = stacks.FileName(r.stack)
	}
	if r.command != "config set" || !r.has("secret") || len(r.arguments) == 0 {
		return fmt.Errorf("the sandbox reads %s and does not write it: edit it yourself", file)
	}
	key := r.arguments[0]
	if !strings.Contains(key, ":") {
		key = stacks.Project + ":" + key
	}
	return fmt.Errorf("the sandbox reads %s and does not write it: add this line below \"config:\", and the sandbox makes up the secret: \"  %s: {secure: any}\"", file, key)
}
