package config_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

var pathRefusals = map[string]refusal{
	"two models on one path": {
		edits: []string{"paths: [/v1/embeddings]", "paths: [/v1/chat/*]"},
		want: []string{
			`ai-serving:tenants.acme.models[1]: Invalid value: "embed": its path /v1/chat/* is served by model "chat" of the same tenant too: leave one of them out, or give it other paths`,
		},
	},
	"two models on a path and what is below it": {
		edits: []string{"paths: [/v1/embeddings]", "paths: [/v1/embeddings, /v1/chat]"},
		want: []string{
			`ai-serving:tenants.acme.models[1]: Invalid value: "embed": its path /v1/chat is served by model "chat" of the same tenant too: leave one of them out, or give it other paths`,
		},
	},
	"two models on paths that differ in case": {
		edits: []string{"paths: [/v1/embeddings]", "paths: [/V1/Chat]"},
		want: []string{
			`ai-serving:tenants.acme.models[1]: Invalid value: "embed": its path /V1/Chat is served by model "chat" of the same tenant too: leave one of them out, or give it other paths`,
		},
	},
	"a model's path below another's that is spelled in another case": {
		edits: []string{"paths: [/v1/chat/*]", "paths: [/v1/*, /v1/chat/long/*]", "paths: [/v1/embeddings]", "paths: [/V1/chat/*]"},
		want: []string{
			`ai-serving:tenants.acme.models[1]: Invalid value: "embed": its path /V1/chat/* meets /v1/* of model "chat" of the same tenant on Application Gateway, which ignores case, and not on Google's load balancers: leave one of them out, or spell the paths alike`,
		},
	},
	"paths of one model that meet in one case only": {
		edits: []string{"paths: [/v1/embeddings]", "paths: [/v1/embeddings, /v1/Embeddings/*, /V1/rank, /V1/RANK]"},
		want: []string{
			`ai-serving:models.embed.paths[1]: Invalid value: "/v1/Embeddings/*": meets /v1/embeddings on Application Gateway, which ignores case, and not on Google's load balancers: spell them alike`,
			`ai-serving:models.embed.paths[3]: Duplicate value: "/V1/RANK"`,
		},
	},
	"paths among static content": {
		edits: []string{"paths: [/v1/embeddings]", "paths: [/static, /Static/models/*, /statics/*]"},
		want: []string{
			"ai-serving:models.embed.paths[0]: Forbidden: /static/* is kept for static content",
			"ai-serving:models.embed.paths[1]: Forbidden: /static/* is kept for static content",
		},
	},
	"two models on one path in many tenants": {
		edits: []string{"paths: [/v1/embeddings]", "paths: [/v1/Chat/*]", "    acme: {models: [chat, embed]}\n", manyTenants(20, "{models: [chat, embed]}")},
		want: []string{
			`ai-serving:models.embed.paths: Forbidden: its path /v1/Chat/* is served by model "chat" of the same tenant too (20 of them): give it other paths, or leave one of them out of the entries of t00, t01, t02 and 17 more`,
		},
	},
}

// manyTenants are the entries of so many tenants.
func manyTenants(count int, entry string) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "    t%02d: %s\n", i, entry)
	}
	return text.String()
}

func TestAModelMaySpellItsPathsAsItLikes(t *testing.T) {
	t.Parallel()
	if _, err := load(t, edit(t, stack, "paths: [/v1/chat/*]", "paths: [/V1/Chat/*, /V1/Chat]")); err != nil {
		t.Error(err)
	}
}

// requestPaths are made from a pattern: the path itself, with a slash, and something
// below it that no pattern has.
func requestPaths(pattern string) []string {
	root := strings.TrimSuffix(pattern, "/*")
	return []string{root, root + "/", root + "/zzz"}
}

// chosen is the model with the pattern that matches most closely, as a cloud with or
// without case has it; "" if none matches.
func chosen(models map[string][]string, path string, foldCase bool) string {
	if foldCase {
		path = strings.ToLower(path)
	}
	best, rank := "", -1
	for model, patterns := range models {
		for _, pattern := range patterns {
			if foldCase {
				pattern = strings.ToLower(pattern)
			}
			prefix, isPrefix := strings.CutSuffix(pattern, "*")
			switch {
			case pattern == path:
				best, rank = model, 1<<16
			case isPrefix && strings.HasPrefix(path, prefix) && len(prefix) > rank:
				best, rank = model, len(prefix)
			}
		}
	}
	return best
}

// TestBothCloudsRouteATenantsRequestsToOneModel draws paths for the models of a
// tenant. Those that the stack file may have are routed to the same model by a cloud
// that ignores case and by one that does not; the others are refused.
func TestBothCloudsRouteATenantsRequestsToOneModel(t *testing.T) {
	t.Parallel()
	var accepted, refused int
	rapid.Check(t, func(t *rapid.T) {
		models := map[string][]string{}
		var catalogue strings.Builder
		for _, id := range []string{"one", "two", "three"}[:rapid.IntRange(1, 3).Draw(t, "models")] {
			pattern := rapid.StringMatching(`(/[abAB]){1,3}(/\*)?|/\*`)
			models[id] = rapid.SliceOfNDistinct(pattern, 1, 3, rapid.ID).Draw(t, "paths of "+id)
			fmt.Fprintf(&catalogue, "    %s: {image: registry.example.com/m:1, port: 8080, healthPath: /, paths: [%s], azure: {networkInterfaces: [gpu-a]}, gcp: {instances: {machineType: e2-standard-2}}}\n",
				id, strings.Join(models[id], ", "))
		}
		ids := []string{"one", "two", "three"}[:len(models)]
		text := strings.Replace(stack, "  ai-serving:azure:\n", catalogue.String()+"  ai-serving:azure:\n", 1)
		text = strings.Replace(text, "acme: {models: [chat, embed]}", "acme: {models: ["+strings.Join(ids, ", ")+"]}", 1)
		file, err := stackfile.Read("test", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(file); err != nil {
			refused++
			return
		}
		accepted++
		for _, patterns := range models {
			for _, pattern := range patterns {
				for _, path := range requestPaths(pattern) {
					if azure, google := chosen(models, path, true), chosen(models, path, false); azure != google {
						t.Fatalf("%s goes to %q on Azure, and to %q on Google's cloud, by %v", path, azure, google, models)
					}
				}
			}
		}
	})
	t.Logf("%d accepted, %d refused", accepted, refused)
	if accepted < 20 || refused < 20 {
		t.Errorf("%d sets of paths were accepted and %d refused: one of them shows nothing", accepted, refused)
	}
}

// The examples are of a catalogue that a tenant without the models does not mind.
func TestATenantWithOneOfTheModelsIsAccepted(t *testing.T) {
	t.Parallel()
	_, err := load(t, edit(t, stack, "paths: [/v1/embeddings]", "paths: [/V1/chat/*]", "{models: [chat, embed]}", "{models: [embed]}"))
	if err != nil {
		t.Error(err)
	}
}
