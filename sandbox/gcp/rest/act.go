package rest

import (
	"context"
	"errors"
	"net/http"

	"ai-serving/sandbox/store"
)

// provisioning is the status of what is stored and not yet true.
const provisioning = "PROVISIONING"

// answer runs a verb with the store locked and then does outside of it what
// the kind asks for. A resource that can not be made true is not there.
func (r *request) answer(do verb) (any, error) {
	if r.method.HTTPMethod == http.MethodGet {
		return r.read(do)
	}
	if r.verb == "delete" && r.kind.retire != nil {
		if _, err := r.locked(r.server.store.View, (*request).checkDelete); err != nil {
			return nil, err
		}
		if err := r.kind.retire(r.context(), r); err != nil {
			return nil, err
		}
	}
	body, err := r.locked(r.server.store.Update, do)
	if err != nil || r.kind.provision == nil || r.verb == "delete" {
		return body, err
	}
	if err := r.provision(); err != nil {
		return nil, errors.Join(err, r.undo())
	}
	return body, nil
}

// read answers a request that changes nothing. A resource that was not made true
// because its process ended is made so first, as Google does without its client.
func (r *request) read(do verb) (any, error) {
	body, err := r.locked(r.server.store.View, do)
	if err != nil || r.kind.provision == nil || r.old["status"] != provisioning {
		return body, err
	}
	if err := r.provision(); err != nil {
		return nil, err
	}
	return r.locked(r.server.store.View, do)
}

// locked runs a verb in a transaction.
func (r *request) locked(transaction func(func(store.Tx) error) error, do verb) (body any, err error) {
	err = transaction(func(tx store.Tx) error {
		r.tx, r.old = tx, nil
		if r.key, err = named(tx, r.key); err != nil {
			return err
		}
		if _, err := tx.Get(r.key, &r.old); err != nil {
			return err
		}
		body, err = do(r)
		return err
	})
	return body, err
}

// provision makes true what is stored, and stores what that tells.
func (r *request) provision() error {
	stored, err := r.server.stored(r.key)
	if err != nil {
		return err
	}
	if err := r.kind.provision(r.context(), r, stored); err != nil {
		return err
	}
	stored["status"] = "RUNNING"
	return r.server.store.Update(func(tx store.Tx) error { return tx.Put(r.key, stored) })
}

// undo takes back what could not be made true: a new resource goes, a changed
// one is as it was.
func (r *request) undo() error {
	before := r.old
	_, err := r.locked(r.server.store.Update, func(r *request) (any, error) {
		if before != nil {
			return nil, r.tx.Put(r.key, before)
		}
		return nil, r.forget()
	})
	if before == nil && r.kind.retire != nil {
		err = errors.Join(err, r.kind.retire(context.WithoutCancel(r.context()), r))
	}
	return err
}

// stored gives a stored resource.
func (s *Server) stored(key string) (stored object, err error) {
	err = s.store.View(func(tx store.Tx) error {
		_, err := tx.Get(key, &stored)
		return err
	})
	return stored, err
}
