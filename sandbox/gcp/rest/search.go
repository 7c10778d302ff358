package rest

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"ai-serving/sandbox/store"
)

// named gives the key of a resource that may be named by its number. Any other
// key stays as it is.
func named(tx store.Tx, key string) (string, error) {
	id := lastSegment(key)
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return key, nil
	}
	found, err := find(tx, strings.TrimSuffix(key, id), func(_ string, o object) bool { return o["id"] == id })
	if found == "" {
		return key, err
	}
	return found, err
}

// each calls f for every resource whose key begins with prefix.
func each(tx store.Tx, prefix string, f func(key string, o object) error) error {
	return tx.Each(prefix, func(key string, raw json.RawMessage) error {
		var o object
		if err := json.Unmarshal(raw, &o); err != nil {
			return err
		}
		return f(key, o)
	})
}

// errFound ends a search.
var errFound = errors.New("found")

// find gives the key of the first resource below prefix that matches.
func find(tx store.Tx, prefix string, matches func(key string, o object) bool) (found string, err error) {
	err = each(tx, prefix, func(key string, o object) error {
		if matches(key, o) {
			found = key
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, err
}
