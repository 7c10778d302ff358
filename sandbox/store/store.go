// Package store keeps what a sandbox cloud has made: one bbolt file per cloud,
// one JSON document per resource id.
//
// The engine starts one plugin process per provider instance, so several
// processes share a store. Each transaction therefore opens the file, holds its
// lock for as long as the transaction lasts, and closes it again.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// lockTimeout bounds the wait for another process's transaction. Transactions
// take milliseconds; only a stopped process can hold the lock for longer.
const lockTimeout = 30 * time.Second

// filePermissions are the permissions of a store's file.
const filePermissions = 0o600

// The buckets of a store: what there is, and what the cloud remembers besides. Only
// the first is shown to whoever asks what the cloud has.
var (
	resources = []byte("resources")
	memory    = []byte("memory")
)

// Store is the file that holds one cloud's resources.
type Store struct{ path string }

// At names the store in the file at path. Nothing is opened yet; a file that
// does not exist is an empty store.
func At(path string) Store { return Store{path} }

// View runs f in a transaction that reads.
func (s Store) View(f func(Tx) error) error {
	db, err := s.openToRead()
	if errors.Is(err, fs.ErrNotExist) {
		return f(Tx{})
	}
	if err != nil {
		return err
	}
	defer db.Close() // nothing was written
	return db.View(func(tx *bbolt.Tx) error { return f(Tx{tx.Bucket(resources), tx.Bucket(memory)}) })
}

// Update runs f in a transaction that writes. An error from f leaves the store
// as it was.
func (s Store) Update(f func(Tx) error) error {
	db, err := s.openToWrite()
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(resources)
		if err != nil {
			return err
		}
		remembered, err := tx.CreateBucketIfNotExists(memory)
		if err != nil {
			return err
		}
		return f(Tx{bucket, remembered})
	})
	return errors.Join(err, db.Close())
}

// openToRead opens a store that is whole.
func (s Store) openToRead() (*bbolt.DB, error) {
	db, err := openWhole(s.path)
	if err != nil {
		return nil, s.failure(err)
	}
	return db, nil
}

// openToWrite opens a store that is whole, and makes it if there is none.
func (s Store) openToWrite() (*bbolt.DB, error) {
	err := Whole(s.path) // bbolt reads more pages when it opens a file to write
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.create(); err != nil {
			return nil, fmt.Errorf("store %s: %w", s.path, err)
		}
	} else if err != nil {
		return nil, s.failure(err)
	}
	db, err := bbolt.Open(s.path, filePermissions, &bbolt.Options{Timeout: lockTimeout})
	if err != nil {
		return nil, s.failure(err)
	}
	return db, nil
}

// Tx is the view of a store inside one transaction.
type Tx struct{ bucket, memory *bbolt.Bucket }

// Get decodes the resource with this id into v and says whether there is one.
func (t Tx) Get(id string, v any) (bool, error) {
	found, err := get(t.bucket, id, v)
	if err != nil {
		return false, fmt.Errorf("stored resource %s: %w", id, err)
	}
	return found, nil
}

// Recall reads into v what Remember has stored under a key. It returns false if nothing
// is stored there.
func (t Tx) Recall(key string, v any) (bool, error) {
	found, err := get(t.memory, key, v)
	if err != nil {
		return false, fmt.Errorf("what is remembered of %s: %w", key, err)
	}
	return found, nil
}

func get(bucket *bbolt.Bucket, key string, v any) (bool, error) {
	if bucket == nil {
		return false, nil
	}
	raw := bucket.Get([]byte(key))
	if raw == nil {
		return false, nil
	}
	return true, json.Unmarshal(raw, v)
}

// Has says whether there is a resource with this id.
func (t Tx) Has(id string) bool {
	return t.bucket != nil && t.bucket.Get([]byte(id)) != nil
}

// Put stores v under id, in place of what was there.
func (t Tx) Put(id string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("resource %s: %w", id, err)
	}
	return t.bucket.Put([]byte(id), raw)
}

// Remember keeps v under a key, in place of what was there. It is no resource: no
// list of what the cloud has shows it.
func (t Tx) Remember(key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("what is to be remembered of %s: %w", key, err)
	}
	return t.memory.Put([]byte(key), raw)
}

// Delete removes the resource with this id, if there is one.
func (t Tx) Delete(id string) error { return t.bucket.Delete([]byte(id)) }

// Each calls f for every resource whose id starts with prefix, in order of id.
// f must not write to the store.
func (t Tx) Each(prefix string, f func(id string, raw json.RawMessage) error) error {
	if t.bucket == nil {
		return nil
	}
	cursor := t.bucket.Cursor()
	for id, raw := cursor.Seek([]byte(prefix)); id != nil && strings.HasPrefix(string(id), prefix); id, raw = cursor.Next() {
		if err := f(string(id), raw); err != nil {
			return err
		}
	}
	return nil
}
