// Package firewall is what both clouds' firewalls are told by default: which parts of
// a request hold prompts, which rules leave them alone, and what the rest of a request
// with a prompt may look like. It is pure. The program turns its values into resources,
// and sandbox/firewall runs requests through them: docs/firewall.md has the results.
package firewall

import "slices"

// AnyServer is the preset of a server that nothing is known of.
const AnyServer = "http"

// promptFields are the fields at the top of a JSON body that hold what people and
// models write, by preset. A rule against attacks finds attacks in them: a prompt may
// quote one. Fields with names or numbers (model, user, temperature) are not among
// them.
//
// Each stands for all names that begin with it: "input" for inputs and input_text,
// "text" for texts, text_1 and text_input, "tool" for tools and tool_choice, "guided_"
// for guided_json and guided_regex, "prompt" for prompts. That keeps them few, for
// Azure counts them: see [Exclusions].
var promptFields = map[string][]string{
	// Source: github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md.
	"llamacpp": {
		"content", "documents", "grammar", "input", "json_schema", "messages", "prompt", "query",
		"response_format", "stop", "tool",
	},
	// Source: docs.sglang.ai/basic_usage/native_api.html and /sampling_params.html.
	"sglang": {
		"documents", "input", "messages", "prompt", "query", "response_format", "sampling_params", "stop", "text", "tool",
	},
	// Source: huggingface.github.io/text-embeddings-inference (embed, embeddings,
	// predict, rerank, similarity, tokenize).
	"tei": {"input", "query", "sentences", "source_sentence", "text"},
	// Source: docs.nvidia.com/deeplearning/triton-inference-server: infer (the data of
	// BYTES tensors is in "inputs"), and the generate extension ("text_input").
	"triton": {"input", "prompt", "text"},
	// Sources: platform.openai.com/docs/api-reference (chat, completions, embeddings,
	// responses); docs.vllm.ai/en/stable/serving/openai_compatible_server (extra
	// parameters, rerank, score).
	"vllm": {
		"documents", "functions", "guided_", "input", "instructions", "messages", "prompt", "query", "response_format",
		"stop", "structured_outputs", "suffix", "text", "tool",
	},
}

// PromptFields are the fields at the top of a JSON body that hold text for a server of
// a preset, sorted. Each stands for all names that begin with it. A server of another
// kind may have all of them.
func PromptFields(preset string) []string {
	if fields, known := promptFields[preset]; known {
		return slices.Clone(fields)
	}
	var all []string
	for _, fields := range promptFields {
		all = append(all, fields...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
