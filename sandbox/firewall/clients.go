package firewall

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// clientFile is a file in testdata/clients: what clients send beside a prompt, and what
// nothing is wrong with.
type clientFile struct {
	Kind      string          `yaml:"kind"`
	Headers   []clientHeader  `yaml:"headers"`
	Addresses []clientAddress `yaml:"addresses"`
}

type clientHeader struct{ Name, Header, Value string }

type clientAddress struct{ Name, Method, URI string }

// readClients are the requests of all files in a directory, in the order of their names.
func readClients(directory string) ([]sample, error) {
	files, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var samples []sample
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		var read clientFile
		if err := decoder.Decode(&read); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		samples = append(samples, read.samples()...)
	}
	return samples, nil
}

func (f clientFile) samples() []sample {
	var samples []sample
	for _, header := range f.Headers {
		samples = append(samples, sample{f.Kind + ": " + header.Header, header.Name, withHeader(header.Header, header.Value)})
	}
	for _, address := range f.Addresses {
		samples = append(samples, sample{f.Kind, address.Name, address.request()})
	}
	return samples
}

// request is with a body for POST only. Clients' libraries say that the body is JSON
// even where there is none.
func (a clientAddress) request() Request {
	request := hello(a.URI)
	if a.Method == "POST" {
		return request
	}
	request.Method, request.Body = a.Method, nil
	request.Headers = slices.DeleteFunc(request.Headers, func(h Header) bool { return strings.EqualFold(h.Name, "Content-Length") })
	return request
}
