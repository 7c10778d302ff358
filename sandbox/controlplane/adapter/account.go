package adapter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"ai-serving/sandbox/home"
)

const (
	tokenFile      = "token"
	kubeconfigFile = "kubeconfig"

	directoryPermissions = 0o700
	filePermissions      = 0o600

	// tokenSeconds is how long a pod's token is valid, and tokenAge when the kubelet puts
	// another one in its place: kubernetes.io/docs/concepts/storage/projected-volumes.
	tokenSeconds = 3607
	tokenAge     = tokenSeconds * 8 / 10 * time.Second
)

// account is the service account of a pod, in a directory of the pod's own.
type account struct {
	client    kubernetes.Interface // of the cluster, with full rights
	pod       *corev1.Pod
	directory string
}

// write makes the directory: the token, and a kubeconfig that names it.
func (a account) write(ctx context.Context, cluster clientcmdapi.Cluster) (kubeconfig string, err error) {
	if err := os.MkdirAll(a.directory, directoryPermissions); err != nil {
		return "", err
	}
	kubeconfig = filepath.Join(a.directory, kubeconfigFile)
	config := clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{name: &cluster},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{name: {TokenFile: a.token()}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	}
	return kubeconfig, errors.Join(clientcmd.WriteToFile(config, kubeconfig), a.renew(ctx))
}

// renew writes a new token. It is the pod's: it ends with it.
func (a account) renew(ctx context.Context) error {
	seconds := int64(tokenSeconds)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &seconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: a.pod.Name, UID: a.pod.UID},
	}}
	granted, err := a.client.CoreV1().ServiceAccounts(a.pod.Namespace).CreateToken(ctx, a.pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return home.WriteFile(a.token(), []byte(granted.Status.Token), filePermissions)
}

// keep renews the token until ctx is done.
func (a account) keep(ctx context.Context) error {
	ticker := time.NewTicker(tokenAge)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := a.renew(ctx); err != nil {
				return err
			}
		}
	}
}

func (a account) token() string { return filepath.Join(a.directory, tokenFile) }
