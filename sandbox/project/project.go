// Package project keeps the copy of the project that the engine works on in a
// sandbox. The engine writes to the files of a project and its stacks, and only
// the stack's own secrets provider could read its secrets: the copy has the
// sandbox's provider and made-up secrets instead.
//
// The copies of stack files have the lines and the comments of the originals, so
// that the program can say where a mistake is.
package project

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"ai-serving/internal/config"
	"ai-serving/sandbox/stacks"
)

// Directory is where the copy is, in the directory of a sandbox.
func Directory(home string) string { return filepath.Join(home, "project") }

// Problems are what is wrong with stack files, by stack. The copy of such a file
// has no configuration: the stack can be taken away, but not deployed.
type Problems map[string]error

// Update makes the copy what the project is now, and removes from it what is no
// longer in the project.
func Update(place stacks.Place) (Problems, error) {
	unlock, err := lock(place.Home)
	if err != nil {
		return nil, err
	}
	defer unlock()
	wanted, problems, err := read(place)
	if err != nil {
		return nil, err
	}
	return problems, wanted.write(Directory(place.Home))
}

// read gives all that belongs into the copy.
func read(place stacks.Place) (files, Problems, error) {
	own, err := projectFiles(place)
	if err != nil {
		return nil, nil, err
	}
	tenants, problems := files{}, Problems{}
	for i, directory := range place.Directories() {
		paths, err := stackFiles(directory)
		if err != nil {
			return nil, nil, err
		}
		for stack, path := range paths {
			delete(problems, stack) // of a file that this one precedes
			text, patterns, err := readStack(path)
			if err != nil {
				text, problems[stack] = []byte(provider), err
			}
			own[stacks.FileName(stack)] = file{text: text}
			// The patterns in a stack file of this sandbox are for the checkout, too.
			for _, directory := range place.Directories()[:i+1] {
				tenants.match(directory, patterns)
			}
		}
	}
	maps.Copy(tenants, own)
	return tenants, problems, nil
}

// projectFiles are Pulumi.yaml, which says that the program is in the checkout,
// and what the engine needs to take a stack away that has no stack file.
func projectFiles(place stacks.Place) (files, error) {
	text, err := os.ReadFile(filepath.Join(place.Root, "Pulumi.yaml"))
	if err != nil {
		return nil, err
	}
	main, err := yaml.Marshal(map[string]string{"main": place.Root})
	if err != nil {
		return nil, err
	}
	all := files{"Pulumi.yaml": {text: slices.Concat(text, []byte("\n"), main)}}
	deployed, err := place.Deployed()
	for _, stack := range deployed {
		all[stacks.FileName(stack)] = file{text: []byte(provider)}
	}
	return all, err
}

// stackFiles are the paths of the stack files in a directory, by stack.
func stackFiles(directory string) (map[string]string, error) {
	names, err := fs.Glob(os.DirFS(directory), stacks.FileName("*"))
	paths := map[string]string{}
	for _, name := range names {
		if stack, ok := stacks.NameOf(name); ok {
			paths[stack] = filepath.Join(directory, name)
		}
	}
	return paths, err
}

// readStack reads a stack file: its copy, and its patterns of tenants' files.
func readStack(path string) (text []byte, patterns []string, err error) {
	original, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	if err := config.CheckSyntax(path, original); err != nil {
		return nil, nil, err
	}
	text, patterns, err = copyStack(original)
	if err == nil {
		err = checkSize(text)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, patterns, nil
}
