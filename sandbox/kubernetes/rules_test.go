package kubernetes

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"ai-serving/sandbox/rules"
	"ai-serving/sandbox/rules/rulestest"
)

func TestRules(t *testing.T) {
	t.Parallel()
	rulestest.Run(t, &Rules, map[*rules.Rule]rulestest.Example{
		localServer: {
			Wrong: func(*testing.T) error { return checkServers(kubeconfig("https://192.0.2.1:443")) },
			Right: func(*testing.T) error { return checkServers(kubeconfig("https://127.0.0.1:1")) },
		},

		selectorMatches: created(selectorMatches, "`selector` does not match template `labels`",
			on(deployment, web(0, selecting("other"))), on(deployment, web(0))),
		selectorStays: created(selectorStays, "field is immutable", changeSelector, replaceSelector),
		limitsAboveRequests: created(limitsAboveRequests, "must be less than or equal to cpu limit",
			on(deployment, web(0, resources("2", "1"))), on(deployment, web(0, resources("1", "2")))),
		oneHandler: created(oneHandler, "may not specify more than 1 handler type",
			on(deployment, web(0, containing("readinessProbe", object{"httpGet": object{"port": 80}, "tcpSocket": object{"port": 80}}))),
			on(deployment, web(0, containing("readinessProbe", object{"httpGet": object{"port": 80}})))),
		portRange: created(portRange, "must be between 1 and 65535",
			on(deployment, web(0, ports(object{"containerPort": 70000}))), on(deployment, web(0, ports(object{"containerPort": 7000})))),
		portNames: created(portNames, "Duplicate value",
			on(deployment, web(0, ports(object{"name": "a", "containerPort": 1}, object{"name": "a", "containerPort": 2}))),
			on(deployment, web(0, ports(object{"name": "a", "containerPort": 1}, object{"name": "b", "containerPort": 2})))),
		mountedVolumes: created(mountedVolumes, `volumeMounts[0].name: Not found: "a"`,
			on(deployment, web(0, containing("volumeMounts", []any{object{"name": "a", "mountPath": "/a"}}))),
			on(deployment, web(0, containing("volumeMounts", []any{object{"name": "a", "mountPath": "/a"}}), volume("a")))),
		priorityClasses: created(priorityClasses, "no PriorityClass with name",
			on(pod, bare(object{"priorityClassName": "urgent"})), on(pod, bare(object{"priorityClassName": "system-node-critical"}))),
		serviceAccounts: created(serviceAccounts, `serviceaccount "absent" not found`,
			on(pod, bare(object{"serviceAccountName": "absent"})), on(pod, bare(object{"serviceAccountName": "default"}))),
		podSecurity: created(podSecurity, `violates PodSecurity "restricted:latest"`,
			restricted(bare(object{})), restricted(bare(object{
				"securityContext": object{"runAsNonRoot": true, "seccompProfile": object{"type": "RuntimeDefault"}},
				"containers": []any{object{"name": "a", "image": "a", "securityContext": object{
					"allowPrivilegeEscalation": false, "capabilities": object{"drop": []any{"ALL"}},
				}}},
			}))),
		quotaKept: created(quotaKept, "exceeded quota: bound",
			withQuota("count/configmaps", "0", configMap, withName(object{})), withQuota("count/configmaps", "5", configMap, withName(object{}))),
		quotaNeedsRequests: created(quotaNeedsRequests, "must specify requests.cpu",
			withQuota("requests.cpu", "1", pod, bare(object{})),
			withQuota("requests.cpu", "1", pod, bare(object{"containers": []any{
				object{"name": "a", "image": "a", "resources": object{"requests": object{"cpu": "100m"}}},
			}}))),
		limitRangeKept: created(limitRangeKept, "maximum cpu usage per Container is 1",
			withLimit(limited("2")), withLimit(limited("1"))),
		replicaRange: created(replicaRange, "must be greater than or equal to `minReplicas`",
			on(autoscaler, scaling(3, 2)), on(autoscaler, scaling(2, 3))),
		oneBudget: created(oneBudget, "minAvailable and maxUnavailable cannot be both set",
			on(budget, spec(object{"minAvailable": 1, "maxUnavailable": 1})), on(budget, spec(object{"maxUnavailable": 1}))),
		policyBlocks: created(policyBlocks, "must be a valid CIDR value",
			on(policy, spec(block("10.0.0.0"))), on(policy, spec(block("10.0.0.0/8")))),
		policyTypes: created(policyTypes, `Unsupported value: "Outgoing"`,
			on(policy, spec(object{"podSelector": object{}, "policyTypes": []any{"Outgoing"}})),
			on(policy, spec(object{"podSelector": object{}, "policyTypes": []any{"Egress"}}))),
		nodePorts: created(nodePorts, "provided port is not in the valid range",
			on(service, spec(object{"type": "NodePort", "ports": []any{object{"port": 80, "nodePort": 80}}})),
			on(service, spec(object{"type": "NodePort", "ports": []any{object{"port": 80, "nodePort": 30080}}}))),
		servicePortNames: created(servicePortNames, "spec.ports[1].name: Required value",
			on(service, spec(object{"ports": []any{object{"name": "a", "port": 80}, object{"port": 81}}})),
			on(service, spec(object{"ports": []any{object{"name": "a", "port": 80}, object{"name": "b", "port": 81}}}))),
		labelValues: created(labelValues, "a valid label must be",
			on(configMap, object{"metadata": object{"name": "a", "labels": object{"tenant": "Acme Ltd"}}}),
			on(configMap, object{"metadata": object{"name": "a", "labels": object{"tenant": "Acme.Ltd"}}})),
		dnsNames: created(dnsNames, "a lowercase RFC 1123 subdomain",
			on(configMap, object{"metadata": object{"name": "My_Map"}}), on(configMap, object{"metadata": object{"name": "my.map"}})),
		namespacesExist: created(namespacesExist, `namespaces "absent" not found`,
			on(configMap, object{"metadata": object{"name": "a", "namespace": "absent"}}), on(configMap, object{"metadata": object{"name": "a"}})),
		oneOwner:        created(oneOwner, `conflict with "they"`, claim(nil), claim(object{"pulumi.com/patchForce": "true"})),
		fixedConfigMaps: created(fixedConfigMaps, "field is immutable when `immutable` is set", changeFixed(true), changeFixed(false)),
	})
}

const (
	configMap  tokens.Type = "kubernetes:core/v1:ConfigMap"
	deployment tokens.Type = "kubernetes:apps/v1:Deployment"
	service    tokens.Type = "kubernetes:core/v1:Service"
	pod        tokens.Type = "kubernetes:core/v1:Pod"
	autoscaler tokens.Type = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	budget     tokens.Type = "kubernetes:policy/v1:PodDisruptionBudget"
	policy     tokens.Type = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
)

// kubeconfig is one for a server.
func kubeconfig(server string) string {
	return `{"clusters": [{"name": "a", "cluster": {"server": "` + server + `"}}]}`
}

// created is an example of what the API server decides: the mistake is answered with
// the rule's reason, and a message that says this. Each of the two programs has a
// namespace of its own.
func created(rule *rules.Rule, message string, wrong, right func(program) error) rulestest.Example {
	return rulestest.Example{
		Wrong: func(t *testing.T) error { return decidedByServer(rule, message, wrong(startProgram(t))) },
		Right: func(t *testing.T) error { return right(startProgram(t)) },
	}
}

// words are those by which the API server's messages tell the reason
// (k8s.io/apimachinery, pkg/api/errors), which is all that the provider passes on.
var words = map[string]string{"Invalid": "is invalid: ", "Forbidden": "forbidden: ", "NotFound": "not found", "Conflict": "conflict"}

// decidedByServer is the refusal by the rule if the error is the API server's answer of
// the rule's reason and message, and else the error.
func decidedByServer(rule *rules.Rule, message string, err error) error {
	if err != nil && strings.Contains(err.Error(), words[rule.Code]) && strings.Contains(err.Error(), message) {
		return rule.Refuse("%v", err)
	}
	return err
}

// on creates an object.
func on(token tokens.Type, inputs object) func(program) error {
	return func(p program) error {
		_, err := p.tryUp(token, inputs)
		return err
	}
}

// spec is an object with that specification.
func spec(fields object) object { return withName(object{"spec": fields}) }

func selecting(app string) func(spec, _, _ object) {
	return func(spec, _, _ object) { spec["selector"] = object{"matchLabels": object{"app": app}} }
}

func containing(field string, value any) func(_, _, container object) {
	return func(_, _, container object) { container[field] = value }
}

func volume(name string) func(_, pod, _ object) {
	return func(_, pod, _ object) { pod["volumes"] = []any{object{"name": name, "emptyDir": object{}}} }
}

func resources(request, limit string) func(_, _, container object) {
	return containing("resources", object{"requests": object{"cpu": request}, "limits": object{"cpu": limit}})
}

func ports(list ...any) func(_, _, container object) { return containing("ports", list) }

// bare is a pod that is not waited for.
func bare(fields object) object {
	complete := object{"containers": []any{object{"name": "a", "image": "a"}}}
	for key, value := range fields {
		complete[key] = value
	}
	return annotated(spec(complete), "pulumi.com/skipAwait", "true")
}

func limited(cpu string) object {
	return bare(object{"containers": []any{object{"name": "a", "image": "a", "resources": object{"limits": object{"cpu": cpu}}}}})
}

func scaling(minimum, maximum int) object {
	return spec(object{
		"minReplicas": minimum, "maxReplicas": maximum,
		"scaleTargetRef": object{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
	})
}

func block(cidr string) object {
	return object{"podSelector": object{}, "ingress": []any{object{"from": []any{object{"ipBlock": object{"cidr": cidr}}}}}}
}

func restricted(inputs object) func(program) error {
	return func(p program) error {
		p.label("pod-security.kubernetes.io/enforce", "restricted")
		return on(pod, inputs)(p)
	}
}

// label puts a label on the program's namespace.
func (p program) label(key, value string) {
	p.Helper()
	_, err := direct(p.T).CoreV1().Namespaces().Patch(p.Context(), p.namespace, types.MergePatchType,
		[]byte(`{"metadata":{"labels":{"`+key+`":"`+value+`"}}}`), metav1.PatchOptions{})
	if err != nil {
		p.Fatal(err)
	}
}

func withQuota(name corev1.ResourceName, bound string, token tokens.Type, inputs object) func(program) error {
	return func(p program) error {
		p.up("kubernetes:core/v1:ResourceQuota", object{
			"metadata": object{"name": "bound"}, "spec": object{"hard": object{string(name): bound}},
		})
		return on(token, inputs)(p)
	}
}

func withLimit(inputs object) func(program) error {
	return func(p program) error {
		p.up("kubernetes:core/v1:LimitRange", spec(object{"limits": []any{object{"type": "Container", "max": object{"cpu": "1"}}}}))
		return on(pod, inputs)(p)
	}
}

func changeSelector(p program) error {
	old := p.up(deployment, web(0))
	_, err := p.tryUpdate(old, web(0, selectingAll("other")))
	return err
}

// replaceSelector does what the plan for another selector is.
func replaceSelector(p program) error {
	old := p.up(deployment, web(0))
	changed := web(0, selectingAll("other"))
	if !p.replaces(old, changed) {
		return errors.New("another selector is not planned as a replacement")
	}
	p.destroy(old)
	return on(deployment, changed)(p)
}

func selectingAll(app string) func(spec, _, _ object) {
	return func(spec, _, _ object) {
		selecting(app)(spec, nil, nil)
		spec["template"].(object)["metadata"] = object{"labels": object{"app": app}}
	}
}

// claim sets a field that another manager has set.
func claim(annotations object) func(program) error {
	return func(p program) error {
		old := p.up(configMap, object{"metadata": object{"name": "a"}})
		_, err := direct(p.T).CoreV1().ConfigMaps(p.namespace).Patch(p.Context(), "a", types.ApplyPatchType,
			[]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"key":"theirs"}}`),
			metav1.PatchOptions{FieldManager: "they"})
		if err != nil {
			return err
		}
		_, err = p.tryUpdate(old, object{"metadata": object{"name": "a", "annotations": annotations}, "data": object{"key": "ours"}})
		return err
	}
}

func changeFixed(fixed bool) func(program) error {
	return func(p program) error {
		old := p.up(configMap, withName(object{"data": object{"key": "1"}, "immutable": fixed}))
		_, err := p.tryUpdate(old, withName(object{"data": object{"key": "2"}, "immutable": fixed}))
		return err
	}
}
