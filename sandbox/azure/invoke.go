package azure

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"ai-serving/sandbox/rules"
)

var resourceExists = Rules.Add(rules.Rule{
	Name: "azure/id/exists", Asks: "A resource that is looked up exists.", Status: http.StatusNotFound, Code: "ResourceNotFound",
	Source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found",
})

const clientConfig = "azure-native:authorization:getClientConfig"

// Invoke answers who the client is, and looks up resources of the served types
// by their "get" functions.
func (p *Provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	if req.Tok == clientConfig {
		return plugin.InvokeResponse{Properties: resource.PropertyMap{
			"clientId":       resource.NewProperty(p.config.client),
			"objectId":       resource.NewProperty(sandboxID),
			"subscriptionId": resource.NewProperty(p.config.subscription),
			"tenantId":       resource.NewProperty(p.config.tenant),
		}}, nil
	}
	token, isGetter := getterOf(req.Tok)
	if !isGetter {
		return plugin.InvokeResponse{}, fmt.Errorf("the sandbox does not serve the function %s", req.Tok)
	}
	return p.lookUp(token, req.Args)
}

// getterOf gives the type whose resources a function looks up.
func getterOf(function tokens.ModuleMember) (tokens.Type, bool) {
	module, name, found := strings.Cut(string(function), ":get")
	token := tokens.Type(module + ":" + name)
	_, served := served[token]
	return token, found && served
}

func (p *Provider) lookUp(token tokens.Type, args resource.PropertyMap) (plugin.InvokeResponse, error) {
	t, definition, err := p.kind(token)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	id, err := p.id(t, args)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	body, err := p.manager.get(id)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	if body == nil {
		return plugin.InvokeResponse{}, refuse(resourceExists, "The resource %s was not found.", id)
	}
	return plugin.InvokeResponse{Properties: toOutputs(definition, body)}, nil
}
