package main

import (
	"context"
	"encoding/json"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/store"
)

// exported is all that a sandbox's clouds hold.
type exported struct {
	// Clouds are the stored documents, by cloud and id.
	Clouds map[string]map[string]json.RawMessage `json:"clouds"`
	// Clusters are the clusters' objects, by the cluster's id.
	Clusters map[string][]map[string]any `json:"clusters"`
}

func export(ctx context.Context, home string, _ []string) error {
	documents, err := store.All(home)
	if err != nil {
		return err
	}
	all := exported{map[string]map[string]json.RawMessage{}, map[string][]map[string]any{}}
	for _, document := range documents {
		if all.Clouds[document.Cloud] == nil {
			all.Clouds[document.Cloud] = map[string]json.RawMessage{}
		}
		all.Clouds[document.Cloud][document.ID] = document.Body
	}
	clusters, err := controlplane.At(home).Clusters()
	if err != nil {
		return err
	}
	for _, cluster := range clusters {
		if all.Clusters[cluster.ID], err = objects(ctx, cluster); err != nil {
			return err
		}
	}
	return printJSON(all)
}
