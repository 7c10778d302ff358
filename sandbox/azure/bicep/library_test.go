package bicep

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// open makes a library of one type, Test/things at version 1, whose body is the
// first of the definitions.
func open(t *testing.T, definitions string) *Library {
	t.Helper()
	library, err := Open(fstest.MapFS{
		IndexFile:         {Data: []byte(`{"resources": {"Test/Things@1": {"$ref": "test/types.json#/1"}}}`)},
		"test/types.json": {Data: []byte(`[` + definitions + `, {"$type": "StringType"}]`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return library
}

const thing = `{"$type": "ResourceType", "name": "Test/Things@1", "body": {"$ref": "#/0"}}`

func TestTypesMayReferToThemselves(t *testing.T) {
	t.Parallel()
	library := open(t, `{"$type": "ObjectType", "name": "Node", "properties": {
		"name": {"type": {"$ref": "#/2"}, "flags": 1},
		"state": {"type": {"$ref": "#/2"}, "flags": 2},
		"next": {"type": {"$ref": "#/0"}, "flags": 0}
	}}, `+thing)
	node, err := library.Resource("test/things", "1")
	if err != nil {
		t.Fatal(err)
	}
	if node.Properties["next"].Type != node {
		t.Error("the next node is of another type")
	}
	got := map[string]bool{"name": node.Properties["name"].Required, "state": node.Properties["state"].ReadOnly, "next": node.Properties["next"].Required}
	if diff := cmp.Diff(map[string]bool{"name": true, "state": true, "next": false}, got); diff != "" {
		t.Error(diff)
	}
}

func TestVariants(t *testing.T) {
	t.Parallel()
	library := open(t, `{"$type": "DiscriminatedObjectType", "name": "Rule", "discriminator": "kind",
		"baseProperties": {"name": {"type": {"$ref": "#/2"}, "flags": 0}},
		"elements": {"Default": {"$ref": "#/0"}}}, `+thing)
	rule, err := library.Resource("Test/things", "1")
	if err != nil {
		t.Fatal(err)
	}
	if rule.Discriminator != "kind" || rule.Variants["Default"] != rule {
		t.Errorf("discriminator %q, variants %v", rule.Discriminator, rule.Variants)
	}
}

func TestFaultyLibraries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ definitions, resource, want string }{
		"a type that is not there": {thing, "Test/others", "type definitions of Azure have no Test/others@1"},
		"an unknown kind":          {`{"$type": "TupleType"}, ` + thing, "Test/things", `Test/Things@1: test/types.json: #/0: unknown kind of type "TupleType"`},
		"a bad pattern": {
			`{"$type": "StringType", "pattern": "("}, ` + thing, "Test/things",
			"Test/Things@1: test/types.json: #/0: error parsing regexp: missing closing ): `(`",
		},
		"no resource": {`{"$type": "StringType"}`, "Test/things", "Test/Things@1: test/types.json: #/1 is not a resource type"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := open(t, test.definitions).Resource(test.resource, "1")
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
