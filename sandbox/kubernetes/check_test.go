package kubernetes

import (
	"errors"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func TestCheckCompletesTheInputs(t *testing.T) {
	t.Parallel()
	response := check(t, "kubernetes:core/v1:ConfigMap", object{"metadata": object{"name": "settings"}}, nil)
	want := object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": "settings"}}
	if diff := cmp.Diff(want, plain(response.Properties)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

func TestCheckNamesObjectsThatHaveNoName(t *testing.T) {
	t.Parallel()
	first := toObject(check(t, "kubernetes:core/v1:ConfigMap", object{}, nil).Properties)
	if !regexp.MustCompile(`^thing-[0-9a-f]{8}$`).MatchString(first.GetName()) {
		t.Errorf("name = %q; want thing- and eight digits", first.GetName())
	}
	if !isAnnotated(first, annotationAutonamed) {
		t.Errorf("annotations = %v; want %s", first.GetAnnotations(), annotationAutonamed)
	}
	second := toObject(check(t, "kubernetes:core/v1:ConfigMap", object{}, first.Object).Properties)
	if second.GetName() != first.GetName() {
		t.Errorf("name of the next run = %q; want %q again", second.GetName(), first.GetName())
	}
	named := toObject(check(t, "kubernetes:core/v1:ConfigMap", object{"metadata": object{"name": "mine"}}, first.Object).Properties)
	if named.GetName() != "mine" || isAnnotated(named, annotationAutonamed) {
		t.Errorf("name given by the program = %q, %v; want mine, not annotated", named.GetName(), named.GetAnnotations())
	}
}

func TestCheckBringsValuesIntoCanonicalForm(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		token        tokens.Type
		inputs, want object
	}{
		"quantities": {
			token:  "kubernetes:core/v1:ResourceQuota",
			inputs: object{"spec": object{"hard": object{"cpu": "2000m", "memory": "1024Mi"}}},
			want:   object{"spec": object{"hard": object{"cpu": "2", "memory": "1Gi"}}},
		},
		"empty fields": {
			token:  "kubernetes:core/v1:Service",
			inputs: object{"spec": object{"clusterIP": "", "selector": object{}, "type": "ClusterIP"}},
			want:   object{"spec": object{"type": "ClusterIP"}},
		},
		"text of a secret": {
			token:  "kubernetes:core/v1:Secret",
			inputs: object{"stringData": object{"user": "admin"}},
			want:   object{"data": object{"user": "YWRtaW4="}},
		},
		"metadata that the cluster sets": {
			token:  "kubernetes:core/v1:ConfigMap",
			inputs: object{"metadata": object{"uid": "1", "resourceVersion": "2", "labels": object{"a": "b"}}},
			want:   object{"metadata": object{"labels": object{"a": "b"}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := plain(check(t, test.token, withName(test.inputs), nil).Properties)
			delete(got, "apiVersion")
			delete(got, "kind")
			if diff := cmp.Diff(withName(test.want), got); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckRefusesWhatTheTypeDoesNotHave(t *testing.T) {
	t.Parallel()
	container := func(fields object) object {
		return object{"spec": object{"template": object{"spec": object{"containers": []any{fields}}}}}
	}
	tests := map[string]struct {
		token  tokens.Type
		inputs object
		want   []plugin.CheckFailure
	}{
		"misspelt field": {
			token:  "kubernetes:apps/v1:Deployment",
			inputs: container(object{"name": "a", "imagee": "b"}),
			want:   []plugin.CheckFailure{{Reason: `unknown field "spec.template.spec.containers[0].imagee"`}},
		},
		"two misspelt fields": {
			token:  "kubernetes:core/v1:Service",
			inputs: object{"spec": object{"typ": "ClusterIP", "selectr": object{}}},
			want: []plugin.CheckFailure{
				{Reason: `unknown field "spec.selectr"`},
				{Reason: `unknown field "spec.typ"`},
			},
		},
		"wrong type": {
			token:  "kubernetes:apps/v1:Deployment",
			inputs: object{"spec": object{"replicas": "two"}},
			want: []plugin.CheckFailure{{
				Reason: "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
			}},
		},
		"a name of a wrong type": {
			token:  "kubernetes:core/v1:ConfigMap",
			inputs: object{"metadata": object{"name": object{"first": "a"}}},
			want: []plugin.CheckFailure{{
				Reason: "json: cannot unmarshal object into Go struct field ObjectMeta.metadata.name of type string",
			}},
		},
		"unknown kind": {
			token: "kubernetes:apps/v1:Deploymint",
			want:  []plugin.CheckFailure{{Property: "kind", Reason: "Kubernetes has no kind Deploymint in apps/v1"}},
		},
		"removed version": {
			token: "kubernetes:autoscaling/v9:HorizontalPodAutoscaler",
			want: []plugin.CheckFailure{{
				Property: "kind", Reason: "Kubernetes has no kind HorizontalPodAutoscaler in autoscaling/v9",
			}},
		},
		"another kind": {
			token:  "kubernetes:core/v1:ConfigMap",
			inputs: object{"kind": "Secret"},
			want: []plugin.CheckFailure{{
				Property: "kind", Reason: `must be "ConfigMap", as the resource's type says`,
			}},
		},
		"annotations for the provider": {
			token: "kubernetes:core/v1:ConfigMap",
			inputs: object{"metadata": object{"name": "a", "annotations": object{
				annotationTimeoutSeconds: "5m",
			}}},
			want: []plugin.CheckFailure{{Reason: `annotation pulumi.com/timeoutSeconds: "5m" is not a number of seconds above zero`}},
		},
		"an annotation that the provider does not have": {
			token: "kubernetes:core/v1:ConfigMap",
			inputs: object{"metadata": object{"name": "a", "annotations": object{
				"pulumi.com/skipawait": "true", "example.com/any": "1",
			}}},
			want: []plugin.CheckFailure{{Reason: "the sandbox does not know the annotation pulumi.com/skipawait"}},
		},
		"name by the cluster": {
			token:  "kubernetes:core/v1:ConfigMap",
			inputs: object{"metadata": object{"generateName": "a-"}},
			want: []plugin.CheckFailure{{
				Property: "metadata",
				Reason:   "metadata.generateName is not possible with server-side apply: leave it out to have a name generated",
			}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, err := New(nil).Check(t.Context(), checkRequest(test.token, test.inputs, nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, response.Failures); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckRefusesTypesThatAreNotOneObject(t *testing.T) {
	t.Parallel()
	for _, token := range []tokens.Type{
		"kubernetes:helm.sh/v3:Release",
		"kubernetes:helm.sh/v4:Chart",
		"kubernetes:yaml:ConfigFile",
		"kubernetes:yaml/v2:ConfigGroup",
		"kubernetes:kustomize:Directory",
		"kubernetes:apps/v1:DeploymentPatch",
		"kubernetes:apps/v1:DeploymentList",
	} {
		want := "BadRequest: the sandbox does not know the type " + string(token) +
			": it serves single objects of a cluster, and no Helm, YAML, Kustomize, Patch or List resources"
		_, err := New(nil).Check(t.Context(), checkRequest(token, object{}, nil))
		if err == nil || err.Error() != want {
			t.Errorf("Check of %s = %v; want %s", token, err, want)
		}
	}
}

func TestCheckKeepsWhatIsUnknownAndSecret(t *testing.T) {
	t.Parallel()
	unknown := resource.MakeComputed(resource.NewProperty(""))
	request := checkRequest("kubernetes:core/v1:ConfigMap", object{}, nil)
	request.News = resource.PropertyMap{
		"metadata": resource.NewProperty(resource.PropertyMap{"name": unknown}),
		"data": resource.NewProperty(resource.PropertyMap{
			"endpoint": unknown,
			"password": resource.MakeSecret(resource.NewProperty("x")),
		}),
	}
	response, err := New(nil).Check(t.Context(), request)
	if err := errors.Join(err, failure(response.Failures)); err != nil {
		t.Fatal(err)
	}
	data := response.Properties["data"].ObjectValue()
	if !data["endpoint"].IsComputed() || !data["password"].IsSecret() {
		t.Errorf("data = %v; want an unknown endpoint and a secret password", data)
	}
	if name := response.Properties["metadata"].ObjectValue()["name"]; !name.IsComputed() {
		t.Errorf("name = %v; want it unknown", name)
	}
}

func TestTheContentOfASecretIsSecret(t *testing.T) {
	t.Parallel()
	response := check(t, "kubernetes:core/v1:Secret", withName(object{"stringData": object{"user": "admin"}}), nil)
	if !response.Properties["data"].IsSecret() {
		t.Errorf("data = %v; want it secret", response.Properties["data"])
	}
}

// object is a JSON object in a test.
type object = map[string]any

func withName(inputs object) object {
	named := object{"name": "thing"}
	metadata, _ := inputs["metadata"].(object)
	for key, value := range metadata {
		named[key] = value
	}
	completed := object{"metadata": named}
	for key, value := range inputs {
		if key != "metadata" {
			completed[key] = value
		}
	}
	return completed
}

func plain(properties resource.PropertyMap) object { return toObject(properties).Object }

func urn(token tokens.Type) resource.URN { return resource.NewURN("dev", "test", "", token, "thing") }

func checkRequest(token tokens.Type, inputs, old object) plugin.CheckRequest {
	return plugin.CheckRequest{
		URN: urn(token), Name: "thing", Type: token,
		News: resource.NewPropertyMapFromMap(inputs), Olds: resource.NewPropertyMapFromMap(old),
	}
}

// check runs Check without a cluster and expects no failure.
func check(t *testing.T, token tokens.Type, inputs, old object) plugin.CheckResponse {
	t.Helper()
	response, err := New(nil).Check(t.Context(), checkRequest(token, inputs, old))
	if err := errors.Join(err, failure(response.Failures)); err != nil {
		t.Fatal(err)
	}
	return response
}

func failure(failures []plugin.CheckFailure) error {
	var joined []error
	for _, failure := range failures {
		joined = append(joined, errors.New(string(failure.Property)+": "+failure.Reason))
	}
	return errors.Join(joined...)
}
