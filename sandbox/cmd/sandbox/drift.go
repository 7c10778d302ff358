package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/store"
)

// setProperty changes a stored document.
func setProperty(_ context.Context, home string, arguments []string) error {
	id, value := arguments[0], parseValue(arguments[2])
	path, err := resource.ParsePropertyPath(arguments[1])
	if err != nil {
		return err
	}
	document, err := store.Find(home, id)
	if err != nil {
		return err
	}
	return document.Update(func(body map[string]any) (map[string]any, error) {
		changed := resource.NewPropertyValue(body)
		if !path.Set(changed, resource.NewPropertyValue(value)) {
			return nil, fmt.Errorf("%s has no %s", id, arguments[1])
		}
		return changed.ObjectValue().Mappable(), nil
	})
}

// parseValue reads JSON, and takes anything else for text.
func parseValue(text string) any {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return value
}

// deleteResource removes a stored document, and the control plane that it may
// stand for; or a control plane that no document stands for any more. The
// document goes first, because nothing starts a cluster that the store lacks.
func deleteResource(ctx context.Context, home string, arguments []string) error {
	id, plane := arguments[0], controlplane.At(home)
	document, err := store.Find(home, id)
	if err != nil {
		if _, left, leftErr := plane.Get(id); leftErr != nil || !left {
			return errors.Join(err, leftErr)
		}
		return plane.Delete(ctx, id)
	}
	if err := document.Delete(); err != nil {
		return err
	}
	return plane.Delete(ctx, document.ID)
}
