package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/store"
)

const (
	// provisioning is the status of what is stored and not yet true.
	provisioning = "PROVISIONING"
	// stopping is the status of what is being removed.
	stopping = "STOPPING"
	running  = "RUNNING"
)

var notStopping = Rules.Add(rules.Rule{
	Name: "gcp/cluster/stopping", Asks: "A cluster or node pool that is being deleted is not changed, and the cluster gets no node pools.",
	Status: http.StatusBadRequest, Code: "failedPrecondition",
	Source: "Cluster.status, STOPPING, in Kubernetes Engine's discovery document; google-beta waits for another status before each change (that the API refuses it is inferred)",
})

// checkNotStopping refuses to change what is being deleted.
func checkNotStopping(key string, stored object) error {
	if stored["status"] == stopping {
		return notStopping.Refuse("%s is running incompatible operation: it is being deleted.", key)
	}
	return nil
}

// answer runs a verb with the store locked and then does outside of it what
// the kind asks for. A resource that can not be made true is not there.
func (r *request) answer(do verb) (any, error) {
	switch {
	case r.method.HTTPMethod == http.MethodGet:
		return r.read(do)
	case r.kind.provision == nil:
		return r.locked(r.server.store.Update, do)
	case r.verb == "delete":
		return r.remove(do)
	}
	var before documents
	body, err := r.locked(r.server.store.Update, func(r *request) (any, error) {
		err := checkNotStopping(r.key, r.old)
		if err == nil {
			before, err = r.documents()
		}
		if err != nil {
			return nil, err
		}
		return do(r)
	})
	if err != nil {
		return nil, err
	}
	if err := r.provision(); err != nil {
		return nil, errors.Join(err, r.undo(before))
	}
	return body, nil
}

// read answers a request that changes nothing. What was not made true, or not
// removed, because its process ended is so first, as Google does without its
// client.
func (r *request) read(do verb) (any, error) {
	body, err := r.locked(r.server.store.View, do)
	if err != nil || r.kind.provision == nil {
		return body, err
	}
	switch r.old["status"] {
	case provisioning:
		err = r.provision()
	case stopping:
		_, err = r.remove(r.kind.verb("delete"))
	default:
		return body, nil
	}
	if err != nil {
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

// remove takes away what was made true and then the resource, which is stopping
// meanwhile.
func (r *request) remove(do verb) (any, error) {
	if _, err := r.locked(r.server.store.Update, (*request).stop); err != nil {
		return nil, err
	}
	if err := r.kind.retire(r.context(), r); err != nil {
		return nil, err
	}
	return r.locked(r.server.store.Update, do)
}

// stop says of the resource that it is being removed.
func (r *request) stop() (any, error) {
	if _, err := r.checkDelete(); err != nil {
		return nil, err
	}
	next := clone(r.old)
	next["status"] = stopping
	return nil, r.tx.Put(r.key, next)
}

// provision makes true what is stored, and adds to it what that tells. Others
// may have changed or removed it meanwhile.
func (r *request) provision() error {
	stored, err := r.server.stored(r.key)
	if err != nil {
		return err
	}
	told, err := r.kind.provision(r.context(), r, stored)
	if err != nil {
		return err
	}
	return r.server.store.Update(func(tx store.Tx) error {
		var present object
		found, err := tx.Get(r.key, &present)
		if err == nil && !found {
			err = notFound(r.key)
		}
		if err != nil {
			return err
		}
		merge(present, told)
		if present["status"] == provisioning {
			present["status"] = running
		}
		return tx.Put(r.key, present)
	})
}

// documents are stored resources by their keys.
type documents map[string]json.RawMessage

// documents are those of the resource, its parts and companions.
func (r *request) documents() (documents, error) {
	members, err := r.members()
	if err != nil {
		return nil, err
	}
	all := documents{}
	for _, key := range members {
		var raw json.RawMessage
		found, err := r.tx.Get(key, &raw)
		if err != nil {
			return nil, err
		}
		if found {
			all[key] = raw
		}
	}
	return all, nil
}

// undo takes back what could not be made true: a new resource goes, and a changed
// one is as it was, unless somebody removed it meanwhile.
func (r *request) undo(before documents) error {
	gone := false
	_, err := r.locked(r.server.store.Update, func(r *request) (any, error) {
		if gone = len(before) == 0 || r.old == nil; gone {
			return nil, r.forget()
		}
		return nil, r.restore(before)
	})
	if gone {
		err = errors.Join(err, r.kind.retire(context.WithoutCancel(r.context()), r))
	}
	return err
}

// restore puts back the documents of a resource, but not those of its parts that
// were removed meanwhile, and removes the companions that came with the change.
func (r *request) restore(before documents) error {
	for _, key := range r.companions() {
		if err := r.tx.Delete(key); err != nil {
			return err
		}
	}
	for key, raw := range before {
		if isPart := key != r.key && r.kind.companions == nil; isPart && !r.tx.Has(key) {
			continue
		}
		if err := r.tx.Put(key, raw); err != nil {
			return err
		}
	}
	return nil
}

// stored gives a stored resource.
func (s *Server) stored(key string) (stored object, err error) {
	err = s.store.View(func(tx store.Tx) error {
		_, err := tx.Get(key, &stored)
		return err
	})
	return stored, err
}
