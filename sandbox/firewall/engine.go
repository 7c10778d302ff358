// Package firewall runs requests through the OWASP core rule set, in the ways of
// Application Gateway and of Cloud Armor, with what the program tells them by default.
// What comes out is in docs/firewall.md.
package firewall

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/types"
)

// Request is an HTTP request, as a load balancer has it.
type Request struct {
	Method string
	// URI is the path, with the query behind it.
	URI     string
	Headers []Header
	Body    []byte
}

// Header is a header of a request. A name may occur more than once.
type Header struct{ Name, Value string }

// header is the first value of a header, or "".
func (r Request) header(name string) string {
	for _, header := range r.Headers {
		if strings.EqualFold(header.Name, name) {
			return header.Value
		}
	}
	return ""
}

// isJSON holds for requests that say that their body is JSON.
func isJSON(request Request) bool { return jsonType.MatchString(request.header("Content-Type")) }

var jsonType = regexp.MustCompile(`(?i)^application/(?:[a-z0-9.-]+[+])?json`)

// path and query are the parts of the URI.
func (r Request) path() string {
	path, _, _ := strings.Cut(r.URI, "?")
	return path
}

func (r Request) query() string {
	_, query, _ := strings.Cut(r.URI, "?")
	return query
}

// Verdict is what became of a request.
type Verdict struct {
	Blocked bool
	// Rules are the ids of the rules that matched, sorted.
	Rules []int
}

// engine is the core rule set under some directives.
type engine struct {
	waf coraza.WAF
	// inspected is how many bytes of a body are looked at.
	inspected int
	// whole says that the rules see the body as one argument, and not what is in it.
	whole bool
}

func newEngine(inspected int, directives ...string) (engine, error) {
	config := coraza.NewWAFConfig().WithRootFS(coreruleset.FS)
	for _, directive := range directives {
		config = config.WithDirectives(directive)
	}
	waf, err := coraza.NewWAF(config)
	if err != nil {
		return engine{}, fmt.Errorf("core rule set: %w", err)
	}
	return engine{waf: waf, inspected: inspected}, nil
}

// cutHeader tells the rules that the body is a part of the request's only, so that
// it may end in the middle of JSON.
const cutHeader = "Sandbox-Cut"

// run evaluates a request, and returns the ids of the rules that matched, and whether
// one of them ended it.
func (e engine) run(request Request) (Verdict, error) {
	transaction := e.waf.NewTransaction()
	defer transaction.Close()
	transaction.ProcessConnection("198.51.100.7", 40000, "192.0.2.1", 443)
	transaction.ProcessURI(request.URI, request.Method, "HTTP/1.1")
	for _, header := range request.Headers {
		transaction.AddRequestHeader(header.Name, header.Value)
	}
	body := request.Body
	if len(body) > e.inspected {
		body = body[:e.inspected]
		transaction.AddRequestHeader(cutHeader, "1")
	}
	if transaction.ProcessRequestHeaders() != nil {
		return verdict(transaction), nil
	}
	if e.whole {
		transaction.AddPostRequestArgument("body", string(body))
	} else if _, _, err := transaction.ReadRequestBodyFrom(bytes.NewReader(body)); err != nil {
		return Verdict{}, err
	}
	if _, err := transaction.ProcessRequestBody(); err != nil {
		return Verdict{}, err
	}
	return verdict(transaction), nil
}

func verdict(transaction types.Transaction) Verdict {
	result := Verdict{Blocked: transaction.IsInterrupted()}
	for _, matched := range transaction.MatchedRules() {
		result.Rules = append(result.Rules, matched.Rule().ID())
	}
	slices.Sort(result.Rules)
	result.Rules = slices.Compact(result.Rules)
	return result
}
