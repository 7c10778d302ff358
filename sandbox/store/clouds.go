package store

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Document is what a cloud has of one resource.
type Document struct {
	// Cloud is the name of the cloud: azure or gcp.
	Cloud string
	ID    string
	Body  json.RawMessage

	store Store
}

// All lists what the stores of the sandbox with this home hold, in order of
// cloud and id.
func All(home string) ([]Document, error) {
	paths, err := files(home)
	if err != nil {
		return nil, err
	}
	var all []Document
	for _, file := range paths {
		cloud, s := strings.TrimSuffix(filepath.Base(file), ".db"), At(file)
		err := s.View(func(tx Tx) error {
			return tx.Each("", func(id string, raw json.RawMessage) error {
				all = append(all, Document{cloud, id, slices.Clone(raw), s}) // raw is the transaction's
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Find gives the document with this id, in whatever case.
func Find(home, id string) (Document, error) {
	documents, err := All(home)
	if err != nil {
		return Document{}, err
	}
	for _, document := range documents {
		if strings.EqualFold(document.ID, id) {
			return document, nil
		}
	}
	return Document{}, fmt.Errorf("no cloud has a resource %q: sandbox list shows those that there are", id)
}

// Type is what the document says that the resource is, or else the collection
// that its id names: urlMaps of projects/p/global/urlMaps/x.
func (d Document) Type() (string, error) {
	var body struct{ Type, Kind string }
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return "", fmt.Errorf("%s: %w", d.ID, err)
	}
	for _, name := range []string{body.Type, body.Kind} {
		if name != "" {
			return name, nil
		}
	}
	segments := strings.Split(d.ID, "/")
	return segments[max(0, len(segments)-2)], nil
}

// Update changes the stored document.
func (d Document) Update(change func(map[string]any) (map[string]any, error)) error {
	return d.store.Update(func(tx Tx) error {
		var body map[string]any
		if _, err := tx.Get(d.ID, &body); err != nil {
			return err
		}
		changed, err := change(body)
		if err != nil {
			return err
		}
		return tx.Put(d.ID, changed)
	})
}

// Delete removes the document.
func (d Document) Delete() error {
	return d.store.Update(func(tx Tx) error { return tx.Delete(d.ID) })
}
