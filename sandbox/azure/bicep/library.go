package bicep

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// IndexFile lists the resource types of a library and where each is defined.
const IndexFile = "index.json"

// Index says where each resource type is defined: the value of
// "Microsoft.Network/natGateways@2023-02-01" is "<file>#/<position in file>".
type Index struct {
	Resources map[string]Reference `json:"resources"`
}

// Reference points to a definition, in this file or in another.
type Reference struct {
	Ref string `json:"$ref"`
}

// split gives the file of the reference, empty for the same file, and the
// position of the definition in it.
func (r Reference) split() (file string, position int, err error) {
	file, after, found := strings.Cut(r.Ref, "#/")
	if !found {
		return "", 0, fmt.Errorf("reference %q has no position", r.Ref)
	}
	position, err = strconv.Atoi(after)
	return file, position, err
}

// File gives the path of the definition's file.
func (r Reference) File() string {
	file, _, _ := strings.Cut(r.Ref, "#/")
	return file
}

// ReadIndex reads the index of a library.
func ReadIndex(library fs.FS) (Index, error) {
	raw, err := fs.ReadFile(library, IndexFile)
	if err != nil {
		return Index{}, fmt.Errorf("type definitions of Azure: %w", err)
	}
	var index Index
	if err := json.Unmarshal(raw, &index); err != nil {
		return Index{}, fmt.Errorf("type definitions of Azure: %s: %w", IndexFile, err)
	}
	return index, nil
}

// Find gives the place of a resource type such as
// "Microsoft.Network/natGateways" at an API version. Azure's type names are the
// same in any case.
func (i Index) Find(resourceType, apiVersion string) (name string, place Reference, err error) {
	wanted := resourceType + "@" + apiVersion
	for name, place := range i.Resources {
		if strings.EqualFold(name, wanted) {
			return name, place, nil
		}
	}
	return "", Reference{}, fmt.Errorf("type definitions of Azure have no %s", wanted)
}

// Library reads the definitions of resource types from a file system. It may be
// used by several goroutines at once.
type Library struct {
	files fs.FS
	index Index

	mutex sync.Mutex
	read  map[string]*definitions
}

// Open reads the index of a library and prepares to read definitions from it.
func Open(files fs.FS) (*Library, error) {
	index, err := ReadIndex(files)
	if err != nil {
		return nil, err
	}
	return &Library{files: files, index: index, read: map[string]*definitions{}}, nil
}

// Resource gives the definition of the body of a resource, such as
// "Microsoft.Network/natGateways" at "2023-02-01".
func (l *Library) Resource(resourceType, apiVersion string) (*Type, error) {
	name, place, err := l.index.Find(resourceType, apiVersion)
	if err != nil {
		return nil, err
	}
	path, position, err := place.split()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	file, err := l.file(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	body, err := file.resource(position)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", name, path, err)
	}
	return body, nil
}

// file reads a file of definitions, once.
func (l *Library) file(path string) (*definitions, error) {
	if file, ok := l.read[path]; ok {
		return file, nil
	}
	raw, err := fs.ReadFile(l.files, path)
	if err != nil {
		return nil, err
	}
	file := &definitions{linked: map[int]*Type{}}
	if err := json.Unmarshal(raw, &file.raw); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l.read[path] = file
	return file, nil
}
