package firewall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Prompt is a request with a prompt in its body.
type Prompt struct {
	Kind, Name string
	// Server is the preset of the server that takes it.
	Server  string
	Request Request
}

// promptFile is a file in testdata/prompts.
type promptFile struct {
	Kind   string        `yaml:"kind"`
	Bodies []promptEntry `yaml:"bodies"`
}

// promptEntry is a body as a shape around a text, or as it is.
type promptEntry struct {
	Name    string   `yaml:"name"`
	Shape   string   `yaml:"shape"`
	Text    string   `yaml:"text"`
	Texts   []string `yaml:"texts"`
	Repeat  *repeat  `yaml:"repeat"`
	Picture *picture `yaml:"picture"`

	Path   string         `yaml:"path"`
	Server string         `yaml:"server"`
	Body   map[string]any `yaml:"body"`
}

// readPrompts are the prompts of all files in a directory, in the order of their names.
func readPrompts(directory string) ([]Prompt, error) {
	files, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var prompts []Prompt
	for _, file := range files {
		read, err := readPromptFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		prompts = append(prompts, read...)
	}
	return prompts, nil
}

func readPromptFile(file string) ([]Prompt, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var read promptFile
	if err := decoder.Decode(&read); err != nil {
		return nil, err
	}
	prompts := make([]Prompt, len(read.Bodies))
	for i, entry := range read.Bodies {
		prompt, err := entry.prompt(read.Kind)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", entry.Name, err)
		}
		prompts[i] = prompt
	}
	return prompts, nil
}

func (e promptEntry) prompt(kind string) (Prompt, error) {
	if e.Body == nil {
		shape, known := shapes[e.Shape]
		if !known {
			return Prompt{}, fmt.Errorf("there is no shape %q", e.Shape)
		}
		e.Path, e.Server, e.Body = shape.path, shape.server, shape.body(e.texts(), e.Picture.uris())
	}
	request, err := jsonRequest(e.Path, e.Body)
	return Prompt{kind, e.Name, e.Server, request}, err
}

// texts are what the entry says, or what its rule makes.
func (e promptEntry) texts() []string {
	switch {
	case e.Repeat != nil:
		return []string{e.Repeat.make()}
	case e.Texts != nil:
		return e.Texts
	}
	return []string{e.Text}
}

// jsonRequest is a request to a model as clients send it. Their libraries leave "<" and
// other characters in JSON as they are.
func jsonRequest(path string, body any) (Request, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return Request{}, err
	}
	return post(path, "application/json", bytes.TrimSpace(text.Bytes())), nil
}

// post is a request as a client of a model sends it.
func post(uri, contentType string, body []byte) Request {
	return Request{"POST", uri, []Header{
		{"Host", "acme.ai.example.com"},
		{"User-Agent", "OpenAI/Python 2.8.1"},
		{"Accept", "application/json"},
		{"Authorization", "Bearer sk-acme-4f9d2c7e51b04a6d"},
		{"Content-Type", contentType},
		{"Content-Length", strconv.Itoa(len(body))},
	}, body}
}
