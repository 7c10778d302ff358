package firewall

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// quotedText is a prompt that many rules match.
const quotedText = "Fix this: SELECT * FROM users WHERE id = 1 OR 1=1; and <script>alert(1)</script>; cat /etc/passwd | sh -c 'rm -rf /tmp/x'"

// form is a prompt that is not in JSON, or not in JSON only.
type form struct {
	name    string
	request Request
}

// otherForms are the other forms in which the models' APIs take a prompt. The second is
// one of curl's, if it is not told a type: vLLM answers it 4xx.
func otherForms(text string) []form {
	asForm, err := jsonRequest("/v1/chat/completions", chat([]string{text}, nil))
	if err != nil {
		panic(err) // a map of texts is always JSON
	}
	return []form{
		{"Triton's tensors, without a type", tensors(text)},
		{"Triton's tensors, application/octet-stream", typed(tensors(text), "application/octet-stream")},
		{"JSON that says it is a form", typed(asForm, "application/x-www-form-urlencoded")},
		{"a recording, with a prompt (multipart)", recording(text)},
	}
}

// tensors are a text as Triton's library sends it: JSON, and behind it the text with its
// length in front.
func tensors(text string) Request {
	element := append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)
	head, err := json.Marshal(map[string]any{"inputs": []any{map[string]any{
		"name": "text", "shape": []int{1, 1}, "datatype": "BYTES", "parameters": map[string]any{"binary_data_size": len(element)},
	}}})
	if err != nil {
		panic(err) // a map of texts is always JSON
	}
	request := hello("/v2/models/classify/infer")
	request.Body = append(head, element...)
	request.Headers = []Header{
		{"Host", "acme.ai.example.com"},
		{"User-Agent", "geventhttpclient/2.3.3"},
		{"Accept", "*/*"},
		{"Inference-Header-Content-Length", strconv.Itoa(len(head))},
		{"Content-Length", strconv.Itoa(len(request.Body))},
	}
	return request
}

// typed is a request with another type of its body.
func typed(request Request, contentType string) Request {
	headers := []Header{{"Content-Type", contentType}}
	for _, header := range request.Headers {
		if header.Name != "Content-Type" {
			headers = append(headers, header)
		}
	}
	request.Headers = headers
	return request
}

// recording is what OpenAI's transcription takes. The sound is the same bytes over and
// over.
func recording(prompt string) Request {
	const boundary = "----form7f3a"
	var body strings.Builder
	for _, field := range [][2]string{{"model", "whisper"}, {"prompt", prompt}} {
		fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", boundary, field[0], field[1])
	}
	fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF%s\r\n--%[1]s--\r\n",
		boundary, strings.Repeat("\x00\x81\x92\x05", 64))
	return post("/v1/audio/transcriptions", "multipart/form-data; boundary="+boundary, []byte(body.String()))
}
