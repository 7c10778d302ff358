package gcp

import (
	"net/netip"
	"regexp"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ai-serving/sandbox/store"
)

// TestComputedOutputs looks at what Google adds to what a program gives.
func TestComputedOutputs(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	const url = `https://www\.googleapis\.com/compute/v1/`
	for _, c := range []struct{ token, name, property, want string }{
		{"compute/network:Network", "Main", "name", `main-[0-9a-f]{7}`},
		{"compute/network:Network", "Main", "selfLink", url + `projects/p/global/networks/main-[0-9a-f]{7}`},
		{"compute/firewall:Firewall", "serving", "name", `serving-[0-9a-f]{7}`},
		{"compute/firewall:Firewall", "serving", "creationTimestamp", `20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[-+]\d\d:\d\d`},
		{"compute/subnetwork:Subnetwork", "machines", "gatewayAddress", `10\.0\.0\.1`},
		{"compute/subnetwork:Subnetwork", "machines", "network", url + `projects/p/global/networks/main-[0-9a-f]{7}`},
		{"compute/instanceTemplate:InstanceTemplate", "template", "selfLinkUnique", `https://www\.googleapis\.com/compute/beta/projects/p/global/instanceTemplates/template-[0-9a-f]{7}\?uniqueId=\d+`},
		{"compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group", "instanceGroup", url + `projects/p/regions/europe-west4/instanceGroups/group-[0-9a-f]{7}`},
		{"compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group", "fingerprint", `[A-Za-z0-9+/]{11}=`},
		{"compute/backendService:BackendService", "service", "protocol", `HTTP`},
		{"compute/healthCheck:HealthCheck", "serving", "type", `HTTP`},
		{"serviceaccount/account:Account", "machines", "email", `machines@p\.iam\.gserviceaccount\.com`},
		{"serviceaccount/account:Account", "machines", "member", `serviceAccount:machines@p\.iam\.gserviceaccount\.com`},
		{"serviceaccount/account:Account", "machines", "uniqueId", `\d{21}`},
		{"storage/bucket:Bucket", "static", "url", `gs://static-[0-9a-f]{7}`},
		{"storage/bucketObject:BucketObject", "index", "md5hash", `XUFAKrxLKna5cZ2REBfFkg==`},
		{"storage/bucketObject:BucketObject", "index", "crc32c", `mnG7TA==`},
		{"storage/bucketObject:BucketObject", "index", "contentType", `text/plain; charset=utf-8`},
	} {
		got := s.find(c.token, c.name).text(c.property)
		if !regexp.MustCompile(`^` + c.want + `$`).MatchString(got) {
			t.Errorf("%s %s: %s is %q, want %s", c.token, c.name, c.property, got, c.want)
		}
	}
}

// TestAddresses are from the ranges for documentation and nobody's twice.
func TestAddresses(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	seen := map[string]bool{}
	for _, m := range []made{
		s.find("compute/globalAddress:GlobalAddress", "address"),
		s.find("compute/address:Address", "regional"),
		s.make("compute/address:Address", "other", in{"region": testRegion}),
	} {
		text := m.text("address")
		address, err := netip.ParseAddr(text)
		if err != nil || !netip.MustParsePrefix("198.51.100.0/24").Contains(address) || seen[text] {
			t.Errorf("%s has address %q", m.id, text)
		}
		seen[text] = true
	}
	rule := s.find("compute/forwardingRule:ForwardingRule", "regional")
	if got, want := rule.text("ipAddress"), s.find("compute/address:Address", "regional").text("address"); got != want {
		t.Errorf("the rule's address is %s, that of the address it names %s", got, want)
	}
}

// TestLabels have those of the provider's configuration beside the resource's.
func TestLabels(t *testing.T) {
	t.Parallel()
	s := newBareSandbox(t, in{"project": "p", "defaultLabels": in{"managed-by": "pulumi"}})
	bucket := s.create("storage/bucket:Bucket", "labelled", in{"location": "EU", "labels": in{"tenant": "acme"}})
	for property, want := range map[resource.PropertyKey]in{
		"labels":          {"tenant": "acme"},
		"pulumiLabels":    {"tenant": "acme", "managed-by": "pulumi"},
		"effectiveLabels": {"tenant": "acme", "managed-by": "pulumi"},
	} {
		got := bucket.outputs[property]
		if !got.DeepEquals(resource.NewPropertyValue(want)) {
			t.Errorf("%s is %v, want %v", property, got, want)
		}
	}
}

// TestReplacement is decided by the provider's schemas and CustomizeDiff.
func TestReplacement(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, c := range []struct {
		token, name string
		change      in
		replaces    bool
	}{
		{"compute/subnetwork:Subnetwork", "machines", in{"ipCidrRange": "10.0.0.0/19"}, false},
		{"compute/subnetwork:Subnetwork", "machines", in{"ipCidrRange": "10.0.0.0/21"}, true},
		{"compute/subnetwork:Subnetwork", "machines", in{"privateIpGoogleAccess": true}, false},
		{"compute/instanceTemplate:InstanceTemplate", "template", in{"machineType": "e2-standard-4"}, true},
		{"compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group", in{"baseInstanceName": "machine"}, true},
		{"compute/backendService:BackendService", "service", in{"timeoutSec": 600}, false},
		{"storage/bucket:Bucket", "static", in{"location": "US"}, true},
	} {
		m := s.find(c.token, c.name)
		inputs := in{}
		for name, value := range s.inputs[m.id] {
			inputs[name] = value
		}
		for name, value := range c.change {
			inputs[name] = value
		}
		diff := s.diff(m, inputs)
		if diff.GetChanges() != pulumirpc.DiffResponse_DIFF_SOME {
			t.Errorf("%s with %v: no change", m.id, c.change)
		}
		if got := diff.GetReplaces(); len(got) > 0 != c.replaces {
			t.Errorf("%s with %v: replaced for %v", m.id, c.change, got)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	service := s.find("compute/backendService:BackendService", "service")
	inputs := s.inputs[service.id]
	inputs["timeoutSec"] = 600
	updated := s.update(service, inputs)
	if got := updated.outputs["timeoutSec"]; !got.DeepEquals(resource.NewNumberProperty(600)) {
		t.Errorf("timeoutSec is %v after the update", got)
	}
	if updated.text("fingerprint") == service.text("fingerprint") || updated.text("creationTimestamp") != service.text("creationTimestamp") {
		t.Error("an update changes the fingerprint and not the time of creation")
	}
	if diff := s.diff(s.read(updated), inputs); diff.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("after the update: %v", diff.GetDetailedDiff())
	}
}

// TestDrift changes and removes resources behind the provider's back.
func TestDrift(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	service := s.find("compute/backendService:BackendService", "service")
	rule := s.find("compute/firewall:Firewall", "serving")
	err := s.store.Update(func(tx store.Tx) error {
		stored := in{}
		if _, err := tx.Get(service.id, &stored); err != nil {
			return err
		}
		stored["timeoutSec"] = 5
		if err := tx.Put(service.id, stored); err != nil {
			return err
		}
		return tx.Delete(rule.id)
	})
	if err != nil {
		t.Fatal(err)
	}
	drifted := s.read(service)
	if got := drifted.outputs["timeoutSec"]; !got.DeepEquals(resource.NewNumberProperty(5)) {
		t.Errorf("timeoutSec is read as %v", got)
	}
	if gone := s.read(rule); gone.id != "" {
		t.Errorf("what was deleted is read as %q", gone.id)
	}
	if err := s.delete(rule); err != nil {
		t.Errorf("to delete what is gone: %v", err)
	}
}

// Google's provider asks for 20 minutes for a bucket that is not found.
func TestABucketThatIsGoneIsFoundToBe(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	bucket := s.create("storage/bucket:Bucket", "static", in{"location": "EU"})
	if err := s.delete(bucket); err != nil {
		t.Fatal(err)
	}
	ids := make(chan string, 1)
	go func() {
		answer, err := s.provider.Read(t.Context(), &pulumirpc.ReadRequest{
			Id: bucket.id, Urn: string(bucket.urn), Properties: s.marshal(bucket.outputs), Inputs: s.marshal(bucket.inputs),
		})
		if err != nil {
			t.Error(err)
		}
		ids <- answer.GetId()
	}()
	select {
	case id := <-ids:
		if id != "" {
			t.Errorf("bucket %s is found", id)
		}
	case <-time.After(time.Minute):
		t.Fatal("the bucket is still looked for")
	}
}
