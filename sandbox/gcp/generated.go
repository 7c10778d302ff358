package gcp

import (
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// computeURL begins the self links of Compute Engine.
const computeURL = "https://www.googleapis.com/compute/v1/"

// timeFormat is how Google writes a time: milliseconds and an offset.
const timeFormat = "2006-01-02T15:04:05.000-07:00"

// maxNumber keeps generated numbers exact in JSON and in Pulumi, where a number
// is a float64.
const maxNumber = 1 << 52

// onceGenerated are the attributes that a resource gets when it is made.
var onceGenerated = map[string]func() any{
	"creation_timestamp": timestamp,
	"create_time":        timestamp,
	"generated_id":       func() any { return number() },
	"map_id":             func() any { return number() },
	"proxy_id":           func() any { return number() },
	"certificate_id":     func() any { return number() },
	"project_number":     func() any { return number() },
	"numeric_id":         func() any { return strconv.Itoa(number()) },
	"policy_id":          func() any { return strconv.Itoa(number()) },
}

// alwaysGenerated are the attributes that change with the resource.
var alwaysGenerated = map[string]func() any{
	"fingerprint":          fingerprint,
	"label_fingerprint":    fingerprint,
	"metadata_fingerprint": fingerprint,
	"tags_fingerprint":     fingerprint,
	"etag":                 fingerprint,
	"update_time":          timestamp,
}

func (o *operation) addGenerated() {
	for name, attribute := range o.schema() {
		if !attribute.Computed {
			continue
		}
		if generate, found := onceGenerated[name]; found {
			o.fill(name, generate())
		}
		if generate, found := alwaysGenerated[name]; found {
			o.set(name, generate())
		}
		if attribute.Type == schema.TypeList || attribute.Type == schema.TypeSet {
			o.fill(name, []any{}) // known to be none
		}
	}
	if o.kind.base != "" {
		o.set("self_link", o.kind.base+o.id)
	}
}

func timestamp() any { return time.Now().Format(timeFormat) }

// fingerprint is Google's mark of a resource's content: eight bytes in base64.
func fingerprint() any {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

func number() int {
	n, err := rand.Int(rand.Reader, big.NewInt(maxNumber))
	if err != nil {
		panic(err) // rand.Reader never fails
	}
	return int(n.Int64())
}
