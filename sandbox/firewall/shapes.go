package firewall

import "strings"

// shape is what an API has around a text.
type shape struct {
	path, server string
	body         func(texts, uris []string) map[string]any
}

// shapes are the request bodies of the models' APIs. Sources: those of
// internal/firewall's fields.
var shapes = map[string]shape{
	"chat":       {"/v1/chat/completions", "vllm", chat},
	"completion": {"/v1/completions", "vllm", completion},
	"embeddings": {"/v1/embeddings", "vllm", embeddings},
	"tei":        {"/embed", "tei", embed},
	"triton":     {"/v2/models/classify/infer", "triton", infer},
	"vision":     {"/v1/chat/completions", "vllm", vision},
	"audio":      {"/v1/chat/completions", "vllm", audio},
	"turns":      {"/v1/chat/completions", "vllm", turns},
	"inputs":     {"/v1/embeddings", "vllm", inputs},
}

func chat(texts, _ []string) map[string]any {
	return conversation(message("system", "You are a helpful assistant."), message("user", texts[0]))
}

func conversation(messages ...any) map[string]any {
	return map[string]any{"model": "llm", "messages": messages, "stream": true, "temperature": 0.7, "max_tokens": 512}
}

func message(role string, content any) map[string]any {
	return map[string]any{"role": role, "content": content}
}

func completion(texts, _ []string) map[string]any {
	return map[string]any{"model": "llm", "prompt": texts[0], "max_tokens": 256, "stop": []string{"\n\n", "```"}}
}

func embeddings(texts, _ []string) map[string]any {
	return map[string]any{"model": "embed", "input": texts, "encoding_format": "float"}
}

func embed(texts, _ []string) map[string]any {
	return map[string]any{"inputs": texts, "truncate": true, "normalize": true}
}

func infer(texts, _ []string) map[string]any {
	tensor := map[string]any{"name": "text", "shape": []int{len(texts), 1}, "datatype": "BYTES", "data": texts}
	return map[string]any{"id": "1", "inputs": []any{tensor}, "outputs": []any{map[string]any{"name": "label"}}}
}

func vision(texts, uris []string) map[string]any {
	content := []any{map[string]any{"type": "text", "text": texts[0]}}
	for _, uri := range uris {
		content = append(content, map[string]any{"type": "image_url", "image_url": map[string]any{"url": uri, "detail": "auto"}})
	}
	return conversation(message("user", content))
}

func audio(texts, uris []string) map[string]any {
	_, data, _ := strings.Cut(uris[0], ",")
	return conversation(message("user", []any{
		map[string]any{"type": "text", "text": texts[0]},
		map[string]any{"type": "input_audio", "input_audio": map[string]any{"data": data, "format": "wav"}},
	}))
}

// turns are a long conversation: a message for each 500 characters of the text.
func turns(texts, _ []string) map[string]any {
	messages := []any{message("system", "Be brief.")}
	for i, part := range parts(texts[0], 500) {
		messages = append(messages, message([]string{"user", "assistant"}[i%2], part))
	}
	return conversation(messages...)
}

func inputs(texts, _ []string) map[string]any {
	return embeddings(parts(texts[0], 200), nil)
}

// parts are pieces of a text, of so many bytes each.
func parts(text string, size int) []string {
	var pieces []string
	for len(text) > size {
		pieces, text = append(pieces, text[:size]), text[size:]
	}
	return append(pieces, text)
}
