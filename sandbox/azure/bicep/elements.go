package bicep

import (
	"bytes"
	"encoding/json"
)

// elements decodes the one field of the format that has two shapes.
type elements struct {
	list   []Reference
	byName map[string]Reference
}

// UnmarshalJSON reads either shape.
func (e *elements) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return json.Unmarshal(raw, &e.byName)
	}
	return json.Unmarshal(raw, &e.list)
}
