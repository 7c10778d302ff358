package controlplane

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"

	"ai-serving/sandbox/home"
)

// The files of a cluster's directory, beside one log and one process file for
// each program.
const (
	recordFile            = "cluster.json"
	kubeconfigFile        = "kubeconfig"
	servingCertificate    = "apiserver.crt"
	servingKey            = "apiserver.key"
	caCertificate         = "ca.crt"
	serviceAccountKey     = "service-account.key"
	etcdData              = "etcd"
	loopback              = "127.0.0.1"
	directoryPermissions  = 0o700
	secretFilePermissions = 0o600
)

// Cluster is the control plane of one GKE cluster.
type Cluster struct {
	ID            string // projects/P/locations/L/clusters/NAME
	Endpoint      string // host:port of the API server, which speaks TLS
	CACertificate []byte // PEM, signs the API server's certificate
	Kubeconfig    string // path of a kubeconfig with full rights

	plane ControlPlane
	ports ports
}

// ports are chosen when the cluster is created and kept, because the address
// of the API server is in the state of every stack that uses the cluster.
type ports struct {
	APIServer  int `json:"apiServer"`
	EtcdClient int `json:"etcdClient"`
	EtcdPeer   int `json:"etcdPeer"`
}

// load reads the cluster with this id. The error is os.ErrNotExist when there
// is none.
func (c ControlPlane) load(id string) (Cluster, error) {
	cluster := Cluster{ID: id, plane: c}
	record, err := os.ReadFile(cluster.file(recordFile))
	if err != nil {
		return Cluster{}, err
	}
	if err := json.Unmarshal(record, &cluster.ports); err != nil {
		return Cluster{}, fmt.Errorf("%s: %w", cluster.file(recordFile), err)
	}
	cluster.Endpoint = address(cluster.ports.APIServer)
	cluster.Kubeconfig = cluster.file(kubeconfigFile)
	cluster.CACertificate, err = os.ReadFile(cluster.file(caCertificate))
	if err != nil {
		return Cluster{}, fmt.Errorf("incomplete: %w", errors.Unwrap(err))
	}
	return cluster, nil
}

// prepare writes all that the programs of a new cluster read when they start.
// The record comes last: a cluster that has one is complete.
func (c ControlPlane) prepare(ctx context.Context, id string) (Cluster, error) {
	token, err := c.ensureToken(ctx)
	if err != nil {
		return Cluster{}, err
	}
	chosen, err := freePorts(3)
	if err != nil {
		return Cluster{}, err
	}
	cluster := Cluster{ID: id, plane: c, ports: ports{APIServer: chosen[0], EtcdClient: chosen[1], EtcdPeer: chosen[2]}}
	if err := os.MkdirAll(cluster.directory(), directoryPermissions); err != nil {
		return Cluster{}, err
	}
	if err := errors.Join(cluster.writeKeys(), cluster.writeKubeconfig(token), cluster.writeRecord()); err != nil {
		return Cluster{}, fmt.Errorf("cluster %s: %w", id, err)
	}
	return c.load(id)
}

// writeKeys makes the API server's certificate, the authority that signed it,
// and the key that signs service account tokens.
func (c Cluster) writeKeys() error {
	chain, key, err := cert.GenerateSelfSignedCertKey(loopback, []net.IP{net.ParseIP(loopback)}, []string{"localhost", "kubernetes.default.svc"})
	if err != nil {
		return err
	}
	tokenKey, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return err
	}
	return errors.Join(
		home.WriteFile(c.file(servingCertificate), chain, secretFilePermissions),
		home.WriteFile(c.file(servingKey), key, secretFilePermissions),
		home.WriteFile(c.file(caCertificate), lastCertificate(chain), secretFilePermissions),
		home.WriteFile(c.file(serviceAccountKey), tokenKey, secretFilePermissions),
	)
}

// lastCertificate returns the end of a PEM chain, which is its authority.
func lastCertificate(chain []byte) []byte {
	var last *pem.Block
	for block, rest := pem.Decode(chain); block != nil; block, rest = pem.Decode(rest) {
		last = block
	}
	return pem.EncodeToMemory(last)
}

func (c Cluster) writeKubeconfig(token string) error {
	const name = "sandbox"
	return clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{name: {
			Server:               "https://" + address(c.ports.APIServer),
			CertificateAuthority: c.file(caCertificate),
		}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{name: {Token: token}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	}, c.file(kubeconfigFile))
}

func (c Cluster) writeRecord() error {
	raw, err := json.Marshal(c.ports)
	if err != nil {
		return err
	}
	return home.WriteFile(c.file(recordFile), raw, secretFilePermissions)
}

// Client returns a client of the API server with full rights.
func (c Cluster) Client() (*kubernetes.Clientset, error) {
	config, err := c.Config()
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

// Dynamic is a client for objects of all kinds, custom resources too.
func (c Cluster) Dynamic() (*dynamic.DynamicClient, error) {
	config, err := c.Config()
	if err != nil {
		return nil, err
	}
	return dynamic.NewForConfig(config)
}

// Config returns the settings for a client of the API server with full rights.
func (c Cluster) Config() (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", c.ID, err)
	}
	config.QPS = -1 // the API server limits its clients itself, and fairly
	return config, nil
}

func (c Cluster) directory() string { return c.plane.clusterDirectory(c.ID) }

func (c Cluster) file(name string) string { return filepath.Join(c.directory(), name) }

// address is a port on loopback, the only interface that the sandbox uses.
func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }
