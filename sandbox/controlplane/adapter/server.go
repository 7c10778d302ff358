package adapter

import (
	"context"

	"k8s.io/apiserver/pkg/server/options"
	"k8s.io/client-go/kubernetes"
	customapiserver "sigs.k8s.io/custom-metrics-apiserver/pkg/apiserver"

	"ai-serving/sandbox/controlplane/monitoring"
)

// server is an adapter that has started.
type server struct {
	listener *handoff
	api      *customapiserver.CustomMetricsAdapterServer
}

// server starts the adapter with the account that a kubeconfig has. It fails, as the
// adapter ends, if the account may not read how the API server authenticates itself.
func (p *program) server(kubeconfig string, known monitoring.Monitoring) (*server, error) {
	listener := newHandoff(p.base.SecureServing.BindPort)
	p.base.SecureServing.Listener = listener
	p.base.SecureServing.ServerCert = options.GeneratableKeyCert{} // one that is in memory only
	p.base.RemoteKubeConfigFile = kubeconfig
	p.base.Authentication.RemoteKubeConfigFile = kubeconfig
	p.base.Authorization.RemoteKubeConfigFile = kubeconfig
	config, err := p.base.ClientConfig()
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	answers := metrics{client, known, p.newResourceModel}
	p.base.WithCustomMetrics(answers)
	p.base.WithExternalMetrics(answers)
	api, err := p.base.Server()
	if err != nil {
		return nil, err
	}
	return &server{listener, api}, nil
}

// run serves until ctx is done. All connections end then.
func (s *server) run(ctx context.Context) error {
	defer s.listener.Close()
	stop := context.AfterFunc(ctx, s.listener.end)
	defer stop()
	return s.api.GenericAPIServer.PrepareRun().RunWithContext(ctx)
}
