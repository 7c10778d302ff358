package refusals

import (
	"testing"

	"pgregory.net/rapid"
)

// A link reads the same in all the forms that bodies have it in.
func TestLinkForms(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`[a-z][a-z0-9-]{0,9}`)
	rapid.Check(t, func(t *rapid.T) {
		want := link{
			project:    "project-" + name.Draw(t, "project"),
			scope:      rapid.SampledFrom([]string{"global", "regions/europe-west4", "zones/us-east1-b"}).Draw(t, "scope"),
			collection: rapid.SampledFrom([]string{"urlMaps", "backendServices", "certificates"}).Draw(t, "collection"),
			name:       name.Draw(t, "name"),
		}
		within := request{link: want}
		short := want.scope + "/" + want.collection + "/" + want.name
		for _, text := range []string{
			want.String(), short, short + "?uniqueId=123",
			"https://www.googleapis.com/compute/v1/" + want.String(),
			"https://compute.googleapis.com/compute/beta/" + want.String(),
			"//certificatemanager.googleapis.com/" + want.String(),
		} {
			if got, ok := within.refer(text); !ok || got != want {
				t.Fatalf("%s is read as %+v, want %+v", text, got, want)
			}
		}
	})
}

func TestRegion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"projects/p/global/networks/n":                                                      "",
		"projects/p/regions/europe-west4/subnetworks/s":                                     "europe-west4",
		"projects/p/zones/europe-west4-a/networkEndpointGroups/n":                           "europe-west4",
		"projects/p/locations/europe-west4/clusters/c":                                      "europe-west4",
		"projects/p/locations/europe-west4-a/clusters/c":                                    "europe-west4",
		"projects/p/locations/europe-west4/clusters/c/nodePools/n":                          "europe-west4",
		"https://container.googleapis.com/v1beta1/projects/p/locations/us-east1/clusters/c": "us-east1",
	} {
		l, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.region(); got != want {
			t.Errorf("%s is in %q, want %q", text, got, want)
		}
	}
}

func TestLinksOutsideComputeEngine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]link{
		"b/static":                       {collection: "b", name: "static"},
		"b/static/iamPolicy":             {scope: "b/static", collection: "iamPolicy"},
		"b/static/o/a/b.html":            {scope: "b/static", collection: "o", name: "a/b.html"},
		"projects/p":                     {collection: "projects", name: "p"},
		"projects/p/iamPolicy":           {project: "p", collection: "iamPolicy"},
		"projects/p/serviceAccounts/a@b": {project: "p", collection: "serviceAccounts", name: "a@b"},
	} {
		if got, err := parse(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s is read as %+v and written as %s: %v", text, got, got, err)
		}
	}
}

func TestWhatIsNoLink(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "all-apis", "198.51.100.1", "projects", "b"} {
		if l, err := parse(text); err == nil {
			t.Errorf("%q is read as %+v", text, l)
		}
	}
}
