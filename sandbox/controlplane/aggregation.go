package controlplane

import (
	"crypto"
	"errors"
	"fmt"
	"net"
	"os"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"

	"ai-serving/sandbox/home"
)

// The files of a cluster by which its API server hands requests on to API servers that
// run in pods: kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer.
const (
	frontProxyCertificate = "front-proxy.crt"
	frontProxyKey         = "front-proxy.key"
	egressFile            = "egress.yaml"
	// tunnelSocket is a relative path, since the path of a socket has at most 107 bytes,
	// and a home may have a longer one. All programs of a cluster run in its directory.
	tunnelSocket = "konnectivity.sock"

	// frontProxy is the name that the API server has for those servers.
	frontProxy = "front-proxy-client"
)

// egress sends what is meant for pods and Services through the tunnel.
// See kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity.
const egress = `apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
- name: cluster
  connection:
    proxyProtocol: HTTPConnect
    transport: {uds: {udsName: ` + tunnelSocket + `}}
`

// aggregationFlags are those of an API server that hands requests on.
func (c Cluster) aggregationFlags() []string {
	return []string{
		"--client-ca-file=" + c.file(caCertificate), // which they read, too
		"--egress-selector-config-file=" + c.file(egressFile),
		"--proxy-client-cert-file=" + c.file(frontProxyCertificate),
		"--proxy-client-key-file=" + c.file(frontProxyKey),
		"--requestheader-client-ca-file=" + c.file(frontProxyCertificate), // it has signed itself
		"--requestheader-allowed-names=" + frontProxy,
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
	}
}

// writeAggregation writes what is missing of the files. A cluster of an older build has
// none of them.
func (c Cluster) writeAggregation() error {
	err := home.WriteFile(c.file(egressFile), []byte(egress), secretFilePermissions)
	if _, statErr := os.Stat(c.file(frontProxyCertificate)); err != nil || !errors.Is(statErr, os.ErrNotExist) {
		return errors.Join(err, statErr)
	}
	raw, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return err
	}
	parsed, err := keyutil.ParsePrivateKeyPEM(raw)
	if err != nil {
		return err
	}
	signer, is := parsed.(crypto.Signer)
	if !is {
		return fmt.Errorf("%s: a key that signs nothing: %T", frontProxyKey, parsed)
	}
	certificate, err := cert.NewSelfSignedCACert(cert.Config{CommonName: frontProxy}, signer)
	if err != nil {
		return err
	}
	pem, err := cert.EncodeCertificates(certificate)
	if err != nil {
		return err
	}
	return errors.Join( // the certificate last, since it says that the key is there
		home.WriteFile(c.file(frontProxyKey), raw, secretFilePermissions),
		home.WriteFile(c.file(frontProxyCertificate), pem, secretFilePermissions),
	)
}

// ListenForAPIServer gives the listener at which the API server asks for connections to
// pods and Services. Only a program that runs in the cluster's directory may call it.
func (c Cluster) ListenForAPIServer() (net.Listener, error) {
	if err := os.Remove(tunnelSocket); err != nil && !errors.Is(err, os.ErrNotExist) { // of one that was killed
		return nil, err
	}
	return net.Listen("unix", tunnelSocket)
}

// checkTunnel says what is wrong if nobody listens for the API server yet.
func (c Cluster) checkTunnel() error {
	_, err := os.Stat(c.file(tunnelSocket))
	return err
}

// Server tells a program in one of the cluster's pods where the API server is.
func (c Cluster) Server() clientcmdapi.Cluster {
	return clientcmdapi.Cluster{Server: "https://" + c.Endpoint, CertificateAuthority: c.file(caCertificate)}
}

// MetricsDirectory is where it is said what the servers in the cluster's pods would tell.
func (c Cluster) MetricsDirectory() string { return c.file("metrics") }

// PodsDirectory holds what programs that play those of pods keep there.
func (c Cluster) PodsDirectory() string { return c.file("pods") }
