// Command extract copies Microsoft's definitions of the resource types that the
// plugin serves from the module cache into a directory, for the plugin to embed.
//
//	extract DIRECTORY
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/azure/bicep"
	"ai-serving/sandbox/azure/bicep/module"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: extract DIRECTORY")
		os.Exit(2)
	}
	if err := extract(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

// extract writes a library that holds the served types only.
func extract(directory string) error {
	from, err := module.Definitions()
	if err != nil {
		return err
	}
	all, err := bicep.ReadIndex(from)
	if err != nil {
		return err
	}
	served := bicep.Index{Resources: map[string]bicep.Reference{}}
	for _, t := range azure.Served() {
		name, place, err := all.Find(t.Definition, t.APIVersion)
		if err != nil {
			return err
		}
		served.Resources[name] = place
		if err := copyFile(from, place.File(), directory); err != nil {
			return err
		}
	}
	return writeIndex(served, directory)
}

func writeIndex(index bicep.Index, directory string) error {
	raw, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(directory, bicep.IndexFile), raw, 0o644)
}

// copyFile copies a file to the same place below a directory, unless it is there.
func copyFile(from fs.FS, path, directory string) error {
	target := filepath.Join(directory, filepath.FromSlash(path))
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	raw, err := fs.ReadFile(from, path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, raw, 0o644)
}
