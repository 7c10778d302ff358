// Command gke-gcloud-auth-plugin stands in for Google's own of that name, which
// a GKE kubeconfig runs for a token: it prints the one that the sandbox's
// clusters accept.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/pkg/apis/clientauthentication/v1beta1"

	"ai-serving/sandbox/controlplane"
)

func main() {
	if err := run(os.Getenv("SANDBOX_HOME"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gke-gcloud-auth-plugin:", err)
		os.Exit(1)
	}
}

// run writes a credential for the clusters of the sandbox whose home this is.
func run(home string, output io.Writer) error {
	if home == "" {
		return errors.New("SANDBOX_HOME is not set: run Pulumi by sandbox/pulumi")
	}
	token, err := controlplane.At(home).Token()
	if err != nil {
		return err
	}
	return json.NewEncoder(output).Encode(v1beta1.ExecCredential{
		TypeMeta: metav1.TypeMeta{APIVersion: v1beta1.SchemeGroupVersion.String(), Kind: "ExecCredential"},
		Status:   &v1beta1.ExecCredentialStatus{Token: token},
	})
}
