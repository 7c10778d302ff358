package firewall

import (
	"net/url"
	"slices"
	"strings"

	"ai-serving/internal/firewall"
)

// payloadGroups are the groups whose payloads are values of arguments.
var payloadGroups = []int{930, 931, 932, 933, 934, 941, 942, 944}

// payloads are attacks with a value that can be put elsewhere: so many of each rule,
// for there are thousands.
func payloads(attacks []Attack, perRule int) []Attack {
	taken := map[int]int{}
	var chosen []Attack
	for _, attack := range attacks {
		if slices.Contains(payloadGroups, group(attack.Rule)) && attack.payload() != "" && taken[attack.Rule] < perRule {
			taken[attack.Rule]++
			chosen = append(chosen, attack)
		}
	}
	return chosen
}

// transplants are where a payload is put, in a request to a model.
var transplants = []struct {
	place string
	with  func(payload string) Request
}{
	{"query", func(p string) Request { return hello("/v1/chat/completions?q=" + url.QueryEscape(p)) }},
	{"query, named as a prompt is", func(p string) Request { return hello("/v1/chat/completions?prompt=" + url.QueryEscape(p)) }},
	{"path", func(p string) Request { return hello("/v1/chat/" + url.PathEscape(p)) }},
	{"cookie", func(p string) Request { return withHeader("Cookie", "session="+headerText(p)) }},
	{"User-Agent", func(p string) Request { return withHeader("User-Agent", headerText(p)) }},
	{"Referer", func(p string) Request { return withHeader("Referer", "https://www.example.com/?q="+url.QueryEscape(p)) }},
	{"X-Forwarded-For", func(p string) Request { return withHeader("X-Forwarded-For", headerText(p)) }},
	{"Content-Type", func(p string) Request { return withHeader("Content-Type", "application/json; "+headerText(p)) }},
	{"another field of the JSON", func(p string) Request { return helloWith("user", p) }},
	{"form", func(p string) Request {
		return post("/v1/chat/completions", "application/x-www-form-urlencoded", []byte("q="+url.QueryEscape(p)))
	}},
	{"form, with Triton's header", func(p string) Request {
		request := post("/v1/chat/completions", "application/x-www-form-urlencoded", []byte("q="+url.QueryEscape(p)))
		request.Headers = append(request.Headers, Header{firewall.TensorHeader, "1"})
		return request
	}},
}

// transplanted are payloads, one of each rule, in all places.
func transplanted(attacks []Attack) []Attack {
	var result []Attack
	for _, attack := range payloads(attacks, 1) {
		for _, transplant := range transplants {
			result = append(result, Attack{attack.Rule, attack.Test, transplant.place, transplant.with(attack.payload())})
		}
	}
	return result
}

// hello is a chat that nothing is wrong with.
func hello(uri string) Request {
	request := helloWith("model", "llm")
	request.URI = uri
	return request
}

// helloWith is one with another field in it.
func helloWith(field, value string) Request {
	body := chat([]string{"Hello! Please write a short poem about the sea."}, nil)
	body[field] = value
	request, err := jsonRequest("/v1/chat/completions", body)
	if err != nil {
		panic(err) // a map of texts is always JSON
	}
	return request
}

// withHeader is one with a header, instead of the one of that name.
func withHeader(name, value string) Request {
	request := hello("/v1/chat/completions")
	request.Headers = slices.DeleteFunc(request.Headers, func(h Header) bool { return h.Name == name })
	request.Headers = append(request.Headers, Header{name, value})
	return request
}

// headerText is a payload as a header can have it: what would end the header, or the
// cookie, is encoded.
func headerText(payload string) string {
	return strings.NewReplacer("\r", "%0d", "\n", "%0a", "\x00", "%00", ";", "%3b").Replace(payload)
}

// quoted are prompts that quote payloads: somebody asks a model about an attack.
func quoted(attacks []Attack) ([]Prompt, error) {
	var prompts []Prompt
	for _, attack := range payloads(attacks, 3) {
		request, err := jsonRequest("/v1/chat/completions", chat([]string{attack.payload()}, nil))
		if err != nil {
			return nil, err
		}
		prompts = append(prompts, Prompt{"attacks, quoted in a chat", attack.name(), "vllm", request})
	}
	return prompts, nil
}
