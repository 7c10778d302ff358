package recovery

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The events of a log, each a line.

func began(op, resource string) string {
	return `{"resourcePreEvent": {"metadata": {"op": "` + op + `", "urn": ` + urnIn(resource) + `, "type": ` + typeIn(resource) + `, "new": ` + resource + `}}}`
}

func succeeded(resource string) string {
	return `{"resOutputsEvent": {"metadata": {"op": "create", "urn": ` + urnIn(resource) + `}}}`
}

// failed are the events of a failure: the message, and then the status.
func failed(resource, message string, status int) string {
	return `{"diagnosticEvent": {"urn": ` + urnIn(resource) + `, "severity": "error", "message": ` + strconv.Quote(message) + `}}` + "\n" +
		`{"resOpFailedEvent": {"metadata": {"op": "create", "urn": ` + urnIn(resource) + `}, "status": ` + strconv.Itoa(status) + `}}`
}

func urnIn(resource string) string  { return field(resource, "urn") }
func typeIn(resource string) string { return field(resource, "type") }

func field(resource, name string) string {
	_, rest, _ := strings.Cut(resource, `"`+name+`": `)
	value, _, _ := strings.Cut(rest, ",")
	return value
}

// read reads a log of these events.
func read(t *testing.T, events ...string) []Attempt {
	t.Helper()
	attempts, err := ReadEvents(strings.NewReader(strings.Join(events, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return attempts
}

const (
	partial = 1 // the statuses of github.com/pulumi/pulumi/sdk/v3/go/common/resource
	unknown = 2

	eof = "error reading from server: EOF"
)

var (
	randomAddress = made(address, `{"name": "main-1a2b3c4", "region": "europe-west4", "project": "p", "__defaults": ["name"]}`, "")
	namedService  = made(service, `{"metadata": {"name": "web", "namespace": "shop"}}`, "")
)

func TestAnEventLogTellsWhatDidNotSucceed(t *testing.T) {
	t.Parallel()
	one := func(name string) string { return made(address+name, `{}`, "") }
	log := []string{
		`{"sequence": 1, "preludeEvent": {"config": {}}}`,
		strings.Replace(began("create", one("planned")), `{"metadata"`, `{"planning": true, "metadata"`, 1),
		began("create", one("done")), began("create", one("unready")), began("create", one("refused")), began("create", one("unfinished")),
		began("create-replacement", one("replacement")), began("update", one("updated")), began("delete", one("deleted")),
		began("create", made(provider, `{}`, "")),
		began("create", strings.Replace(one("component"), `"custom": true`, `"custom": false`, 1)),
		succeeded(one("done")), failed(one("unready"), "it is not healthy", partial), failed(one("refused"), "Error 400: invalid", unknown),
		succeeded(one("other")),
	}
	want := [][2]string{{address + "refused", "Error 400: invalid"}, {address + "unfinished", ""}, {address + "replacement", ""}}
	for form, text := range map[string]string{
		"lines":              strings.Join(log, "\n"),
		"a cut line":         strings.Join(log, "\n") + "\n" + began("create", one("cut"))[:60],
		"a list of Pulumi's": "[\n" + strings.ReplaceAll(strings.Join(log, ",\n"), "}}\n{", "}},\n{") + "\n]\n",
	} {
		attempts, err := ReadEvents(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		var got [][2]string
		for _, attempt := range attempts {
			got = append(got, [2]string{attempt.URN(), attempt.failure})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", form, diff)
		}
	}
	if _, err := ReadEvents(strings.NewReader("Updating (dev):\n")); err == nil {
		t.Error("the output of pulumi up is read as an event log")
	}
}

// The inputs are the program's, but for what has a secret in it; the engine's log
// has no dependencies, and the state may have another provider by now.
func TestALostCreationIsKeptAsTheStateWouldHaveIt(t *testing.T) {
	t.Parallel()
	const network = prefix + "gcp:compute/network:Network::main"
	lost := made(prefix+"gcp:container/cluster:Cluster::main", `{"name": "main-1a2b3c4", "location": "europe-west4", "project": "p", "network": "projects/p/global/networks/n-1",
		"password": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}}`, `, "parent": "urn:gone", "protect": true`)
	lost = strings.Replace(lost, "::id-1", "::id-0", 1)
	creations, resources := recoverState(t, state(","+made(network, "{}", `, "id": "projects/p/global/networks/n-1"`), ""), nil,
		read(t, began("create", lost), failed(lost, eof, 0))...)
	want := []Creation{{URN: prefix + "gcp:container/cluster:Cluster::main", ID: "projects/p/locations/europe-west4/clusters/main-1a2b3c4"}}
	if diff := cmp.Diff(want, creations); diff != "" {
		t.Fatalf("creations (-want +got)\n%s", diff)
	}
	inputs := map[string]any{"name": "main-1a2b3c4", "location": "europe-west4", "project": "p", "network": "projects/p/global/networks/n-1"}
	wantResource := map[string]any{
		"urn": want[0].URN, "type": "gcp:container/cluster:Cluster", "custom": true, "id": want[0].ID, "inputs": inputs, "outputs": inputs,
		"parent": prefix + "pulumi:pulumi:Stack::main", "provider": providerOf("gcp") + "::id-1", "protect": true, "dependencies": []any{network},
	}
	if diff := cmp.Diff(wantResource, resources[1]); diff != "" {
		t.Errorf("resource (-want +got)\n%s", diff)
	}
}

func TestWhatWasRefusedIsKeptOnlyIfItsNameIsTheStacksOwn(t *testing.T) {
	t.Parallel()
	const conflict = "Error 409: already exists"
	subnet := made(prefix+"azure-native:network:Subnet::main", `{"subnetName": "s", "virtualNetworkName": "v", "resourceGroupName": "main1234abcd"}`, "")
	foreign := strings.Replace(subnet, "main1234abcd", "shared", 1)
	incomplete := made(address, `{}`, "")
	for _, c := range []struct {
		name, resource, message string
		given                   map[string]string
		kept, refused           int
	}{
		{"a random name", randomAddress, conflict, nil, 1, 0},
		{"a name within a resource of a random name", subnet, conflict, nil, 1, 0},
		{"a name of its own", namedService, conflict, nil, 0, 1},
		{"a name in another team's resource group", foreign, conflict, nil, 0, 1},
		{"an id that is given", namedService, conflict, map[string]string{service: "shop/web"}, 1, 0},
		{"a lost answer", namedService, eof, nil, 1, 0},
		{"a lost answer in another team's resource group", foreign, eof, nil, 1, 0},
		{"a refusal of what has no name", incomplete, "Error 400: invalid", nil, 0, 0},
	} {
		creations, resources := recoverState(t, state("", ""), c.given, read(t, began("create", c.resource), failed(c.resource, c.message, unknown))...)
		refused := 0
		for _, creation := range creations {
			if creation.Refused != "" {
				refused++
			}
		}
		if len(resources) != c.kept || refused != c.refused {
			t.Errorf("%s: creations %v, want %d kept and %d refused", c.name, creations, c.kept, c.refused)
		}
	}
}

// A first attempt is lost, and so is the second, under another name.
func TestTheLastOfSeveralAttemptsIsKept(t *testing.T) {
	t.Parallel()
	first := strings.Replace(randomAddress, "main-1a2b3c4", "main-0000000", 1)
	first = strings.TrimSuffix(first, "}") + `, "protect": true}`
	attempts := append(read(t, began("create", first), failed(first, eof, 0)), read(t, began("create", randomAddress))...)
	creations, resources := recoverState(t, state("", ""), nil, attempts...)
	const collection = "projects/p/regions/europe-west4/addresses/"
	want := []Creation{{URN: address, ID: collection + "main-1a2b3c4"}, {URN: address, ID: collection + "main-0000000", Superseded: true}}
	if diff := cmp.Diff(want, creations); diff != "" {
		t.Errorf("creations (-want +got)\n%s", diff)
	}
	if len(resources) != 2 || resources[0]["delete"] != nil || resources[1]["delete"] != true || resources[1]["protect"] != nil {
		t.Errorf("resources %v", resources)
	}
}

// The state has the resource, or one of that id that is to be deleted; or the log
// is another stack's.
func TestAttemptsThatTheStateHasOrThatAreNotItsOwnAreIgnored(t *testing.T) {
	t.Parallel()
	id := `, "id": "projects/p/regions/europe-west4/addresses/main-1a2b3c4"`
	attempts := read(t, began("create", randomAddress))
	for name, present := range map[string]string{"kept": "," + made(address, "{}", id), "to be deleted": "," + made(address, "{}", id+`, "delete": true`)} {
		if creations, resources := recoverState(t, state(present, ""), nil, attempts...); len(creations) > 0 || len(resources) != 1 {
			t.Errorf("%s: creations %v, resources %v", name, creations, resources)
		}
	}
	pending := `{"type": "creating", "resource": ` + randomAddress + `}`
	if creations, resources := recoverState(t, state("", pending), nil, attempts...); len(creations) != 1 || len(resources) != 1 {
		t.Errorf("noted in the state too: creations %v, resources %v", creations, resources)
	}
	for _, other := range []string{"urn:pulumi:prod::ai-serving::", "urn:pulumi:dev::other::"} {
		foreign := strings.ReplaceAll(randomAddress, prefix, other)
		if creations, _ := recoverState(t, state("", ""), nil, read(t, began("create", foreign))...); len(creations) > 0 {
			t.Errorf("%s: creations %v", other, creations)
		}
	}
}

// Without its provider a resource cannot be read.
func TestAnAttemptWithoutItsProviderIsAnError(t *testing.T) {
	t.Parallel()
	orphan := strings.Replace(randomAddress, "providers:gcp::main", "providers:gcp::gone", 1)
	_, err := Recover(strings.NewReader(state("", "")), &strings.Builder{}, read(t, began("create", orphan)), nil)
	if err == nil || !strings.Contains(err.Error(), "the state no longer has its provider "+prefix+"pulumi:providers:gcp::gone") {
		t.Errorf("Recover = %v", err)
	}
}

func TestWhichFailuresLeaveTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]bool{
		"":  true,
		eof: true,
		"rpc error: code = Unavailable desc = transport is closing":                                                  true,
		`Post "https://127.0.0.1:28501/api/v1/namespaces": dial tcp 127.0.0.1:28501: connect: connection refused`:    true,
		`Patch "https://10.0.0.2/apis/apps/v1/x": read tcp 10.0.0.1:4->10.0.0.2:443: read: connection reset by peer`: true,
		"context canceled": true,
		"Error waiting to create HealthCheck: timeout while waiting for state to become 'done: true'":                       true,
		"googleapi: Error 503: The service is currently unavailable., backendError":                                         true,
		`Code="InternalServerError" Message="An error occurred."`:                                                           true,
		`Status=504 Code="GatewayTimeout" Message="The gateway did not receive a response."`:                                true,
		"Internal error occurred: failed calling webhook: context deadline exceeded":                                        true,
		"etcdserver: request timed out":                                                                                     true,
		"googleapi: Error 409: The resource 'projects/p/global/addresses/a' already exists, alreadyExists":                  false,
		`cannot create already existing resource '/subscriptions/s/resourceGroups/g'`:                                       false,
		`services "web" already exists`:                                                                                     false,
		"googleapi: Error 400: Invalid value for field 'resource.connectionDraining': '500'. Must be at most 3600, invalid": false,
		`Status=400 Code="InvalidRequestFormat" Message="Cannot parse the request."`:                                        false,
		"googleapi: Error 403: Quota 'CPUS' exceeded. Limit: 500.0 in region europe-west4., quotaExceeded":                  false,
	} {
		if got := (Attempt{failure: message}).isLost(); got != want {
			t.Errorf("%q leaves it open: %v, want %v", message, got, want)
		}
	}
}
