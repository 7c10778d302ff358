package firewall

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// coreRuleSet is the module with the rules, and with their regression tests.
const coreRuleSet = "github.com/corazawaf/coraza-coreruleset/v4"

// Attack is a request of the core rule set's own regression tests, or a value of one in
// another place.
type Attack struct {
	// Rule and Test are the test that it comes from.
	Rule, Test int
	Place      string
	Request    Request
}

func (a Attack) name() string { return fmt.Sprintf("%d-%d", a.Rule, a.Test) }

// regressionFile is a file of the tests, as far as it is of use here.
type regressionFile struct {
	Rule  int `yaml:"rule_id"`
	Tests []struct {
		ID     int `yaml:"test_id"`
		Stages []struct {
			Input  regressionInput `yaml:"input"`
			Output struct {
				Log struct {
					Expect []int `yaml:"expect_ids"`
				} `yaml:"log"`
			} `yaml:"output"`
		} `yaml:"stages"`
	} `yaml:"tests"`
}

type regressionInput struct {
	Method       string            `yaml:"method"`
	URI          string            `yaml:"uri"`
	Headers      map[string]string `yaml:"headers"`
	Data         string            `yaml:"data"`
	Encoded      string            `yaml:"encoded_request"`
	Autocomplete *bool             `yaml:"autocomplete_headers"`
}

// readAttacks are the requests that the core rule set's tests want to be matched, in
// the order of their rules. They are read from the module, and are not kept here.
func readAttacks() ([]Attack, error) {
	directory, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", coreRuleSet).Output()
	if err != nil {
		return nil, fmt.Errorf("where the module %s is: %w", coreRuleSet, err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(directory)), "tests", "REQUEST-9[1-4]*", "9*.yaml"))
	if err != nil {
		return nil, err
	}
	var attacks []Attack
	for _, file := range files {
		read, err := readRegressions(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		attacks = append(attacks, read...)
	}
	return attacks, nil
}

func readRegressions(file string) ([]Attack, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var read regressionFile
	if err := yaml.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	var attacks []Attack
	for _, test := range read.Tests {
		for _, stage := range test.Stages {
			if !slices.Contains(stage.Output.Log.Expect, read.Rule) || stage.Input.Encoded != "" {
				continue
			}
			request := stage.Input.request()
			attacks = append(attacks, Attack{read.Rule, test.ID, place(request), request})
		}
	}
	return attacks, nil
}

// request is what the tests' runner would send: with the headers of a body, if it is
// not told to leave them out.
func (r regressionInput) request() Request {
	request := Request{Method: r.Method, URI: r.URI, Body: []byte(r.Data)}
	if request.Method == "" {
		request.Method = "GET"
	}
	for name, value := range r.Headers {
		request.Headers = append(request.Headers, Header{name, value})
	}
	slices.SortFunc(request.Headers, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	if len(request.Body) > 0 && (r.Autocomplete == nil || *r.Autocomplete) {
		if request.header("Content-Type") == "" {
			request.Headers = append(request.Headers, Header{"Content-Type", "application/x-www-form-urlencoded"})
		}
		if request.header("Content-Length") == "" {
			request.Headers = append(request.Headers, Header{"Content-Length", strconv.Itoa(len(request.Body))})
		}
	}
	return request
}

// place is where a regression test has its payload.
func place(request Request) string {
	contentType := request.header("Content-Type")
	switch {
	case len(request.Body) > 0 && isJSON(request):
		return "JSON body"
	case len(request.Body) > 0 && strings.Contains(contentType, "xml"):
		return "XML body"
	case len(request.Body) > 0 && strings.HasPrefix(contentType, "multipart/"):
		return "multipart body"
	case len(request.Body) > 0:
		return "form body"
	case request.query() != "":
		return "query"
	case request.header("Cookie") != "":
		return "cookie"
	case !slices.Contains([]string{"/", "/get", "/post", "/anything"}, request.path()):
		return "path"
	}
	return "header"
}

// payload is the value of the first argument of an attack; none where it has no
// argument, or one of a line only a parser sees.
func (a Attack) payload() string {
	arguments := a.Request.query()
	if a.Place == "form body" {
		arguments = string(a.Request.Body)
	} else if a.Place != "query" {
		return ""
	}
	_, value, found := strings.Cut(arguments, "=")
	if !found {
		return ""
	}
	value, _, _ = strings.Cut(value, "&")
	if decoded, err := url.QueryUnescape(value); err == nil {
		value = decoded
	}
	return value
}
