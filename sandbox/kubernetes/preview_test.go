package kubernetes

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func TestAPreviewWarnsOfAdmission(t *testing.T) {
	p := newProgram(t, nil)
	p.label("pod-security.kubernetes.io/enforce", "restricted")
	p.up("kubernetes:core/v1:ResourceQuota", object{
		"metadata": object{"name": "bound"}, "spec": object{"hard": object{"count/services": "0"}},
	})
	quota := spec(object{"ports": []any{object{"port": 80}}})
	p.expectWarning(service, quota, "Service "+p.namespace+"/thing would be refused", "exceeded quota: bound")
	p.expectWarning(deployment, web(1), "the pods of Deployment "+p.namespace+"/web would be refused", `violates PodSecurity "restricted:latest"`)
	p.expectWarning(deployment, web(1, func(_, pod, container object) {
		pod["serviceAccountName"] = "planned"
		pod["securityContext"] = object{"runAsNonRoot": true, "seccompProfile": object{"type": "RuntimeDefault"}}
		container["securityContext"] = object{"allowPrivilegeEscalation": false, "capabilities": object{"drop": []any{"ALL"}}}
	}))
}

// expectWarning previews the creation of an object, which warns once and says
// this, or not at all.
func (p program) expectWarning(token tokens.Type, inputs object, says ...string) {
	p.Helper()
	said := &recorder{}
	p.log = said
	_, err := p.Create(p.Context(), plugin.CreateRequest{
		URN: urn(token), Type: token, Properties: p.check(token, inputs, nil), Preview: true,
	})
	if err != nil {
		p.Fatal(err)
	}
	if len(says) == 0 && len(said.warnings) > 0 || len(says) > 0 && len(said.warnings) != 1 {
		p.Fatalf("warnings = %q; want one that says %q", said.warnings, says)
	}
	for _, want := range says {
		if !strings.Contains(said.warnings[0], want) {
			p.Errorf("warning = %q; want it to say %q", said.warnings[0], want)
		}
	}
}

// recorder keeps what the provider warns of.
type recorder struct {
	mutex    sync.Mutex
	warnings []string
}

func (r *recorder) Log(_ context.Context, _ diag.Severity, _ resource.URN, message string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.warnings = append(r.warnings, message)
	return nil
}

func (*recorder) LogStatus(context.Context, diag.Severity, resource.URN, string) error { return nil }

func TestAPreviewRefusesAnotherSelector(t *testing.T) {
	p := newProgram(t, nil)
	old := p.up(deployment, web(0))
	_, err := p.Update(p.Context(), plugin.UpdateRequest{
		URN: urn(deployment), Type: deployment, ID: old.id, OldInputs: old.inputs, OldOutputs: old.outputs,
		NewInputs: p.check(deployment, web(0, selectingAll("other")), old.inputs), Preview: true,
	})
	if err == nil || !strings.Contains(err.Error(), "field is immutable") {
		t.Errorf("preview = %v; want it to say that the field is immutable", err)
	}
}

func TestAnUpdateGoesOnWaiting(t *testing.T) {
	p := newProgram(t, nil)
	quota := p.up("kubernetes:core/v1:ResourceQuota", object{"metadata": object{"name": "none"}, "spec": object{"hard": object{"pods": "0"}}})
	inputs := annotated(web(1), annotationTimeoutSeconds, "3")
	created, err := p.tryUp(deployment, inputs)
	if _, ok := initFailure(err); !ok {
		t.Fatalf("Create = %v; want a resource that is there and not ready", err)
	}
	if want := "what to do: the namespace's ResourceQuota is used up"; !strings.Contains(err.Error(), want) {
		t.Errorf("Create = %v; want it to say %s", err, want)
	}
	if paths := p.differences(created, inputs); len(paths) > 0 {
		t.Errorf("differences = %v; want none", paths)
	}
	// The engine asks for an update of a resource that was not ready, also when
	// nothing differs.
	if _, err := p.tryUpdate(created, inputs); err == nil || !strings.Contains(err.Error(), "waited 3s") {
		t.Errorf("Update = %v; want it to have waited", err)
	}
	p.destroy(quota)
	p.update(created, annotated(web(1), annotationTimeoutSeconds, "90"))
}

func TestAJobThatFailedIsReplacedOnRequest(t *testing.T) {
	p := newProgram(t, nil)
	const job tokens.Type = "kubernetes:batch/v1:Job"
	inputs := func(annotations object) object {
		return object{
			"metadata": object{"name": "a", "annotations": annotations},
			"spec": object{
				"suspend": true,
				"template": object{"spec": object{
					"restartPolicy": "Never", "containers": []any{object{"name": "a", "image": "a"}},
				}},
			},
		}
	}
	waiting := inputs(object{annotationTimeoutSeconds: "1", annotationReplaceUnready: "true"})
	created, err := p.tryUp(job, waiting)
	if _, ok := initFailure(err); !ok {
		t.Fatalf("Create = %v; want a Job that is there and not complete", err)
	}
	result := p.diff(created, waiting)
	if !result.Replace() || !result.DeleteBeforeReplace {
		t.Errorf("Diff of a Job that is not complete = %+v; want a replacement that deletes first", result)
	}
	patient := inputs(object{annotationTimeoutSeconds: "1"})
	if result := p.diff(created, patient); result.Replace() {
		t.Errorf("Diff without the annotation = %+v; want no replacement", result)
	}
}

func TestRemedies(t *testing.T) {
	t.Parallel()
	got := remedies([]string{"pod a: container b waits: ErrImagePull: no", "pod a: container c waits: ImagePullBackOff: no"})
	want := "what to do: check the image's name, and that the nodes may pull it"
	if len(got) != 1 || got[0] != want {
		t.Errorf("remedies = %q; want %q once", got, want)
	}
	if got := remedies([]string{"it rains"}); len(got) > 0 {
		t.Errorf("remedies of what is not known = %q; want none", got)
	}
}
