package rest

// enable turns services on: the one in the path, or those in the body. To turn
// one on twice is to do it once.
func (r *request) enable() (any, error) {
	names := texts(r.body["serviceIds"])
	if r.verb == "enable" {
		names = []string{lastSegment(r.key)}
	}
	parent := "projects/" + r.project
	for _, name := range names {
		key := parent + "/services/" + name
		err := r.tx.Put(key, object{"name": key, "parent": parent, "state": "ENABLED", "config": object{"name": name}})
		if err != nil {
			return nil, err
		}
	}
	return r.result(object{})
}

func (r *request) disable() (any, error) {
	if err := r.tx.Delete(r.key); err != nil {
		return nil, err
	}
	return r.result(object{})
}
