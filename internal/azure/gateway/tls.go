package gateway

import (
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// endTLS gives a gateway its certificates and what it takes to read them.
func endTLS(gateway *network.ApplicationGatewayArgs, args Args) {
	gateway.Identity = &network.ManagedServiceIdentityArgs{
		Type:                   network.ResourceIdentityTypeUserAssigned,
		UserAssignedIdentities: pulumi.StringArray{pulumi.String(args.Region.Identity)},
	}
	gateway.SslCertificates = certificates(args)
	// TLS 1.2 and 1.3, without the suites in CBC mode that the policy without S
	// has. Whoever speaks TLS 1.2 with any model's client library speaks GCM.
	// Source: learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview.
	gateway.SslPolicy = &network.ApplicationGatewaySslPolicyArgs{
		PolicyType: network.ApplicationGatewaySslPolicyTypePredefined,
		PolicyName: network.ApplicationGatewaySslPolicyNameAppGwSslPolicy20220101S,
	}
}

// certificates are those that a listener of the gateway has. A gateway looks for
// a renewed one every four hours, unless the id of the secret names a version.
// Source: learn.microsoft.com/azure/application-gateway/key-vault-certs.
func certificates(args Args) network.ApplicationGatewaySslCertificateArray {
	used := map[string]bool{}
	for _, site := range sites(args) {
		used[site.certificate] = true
	}
	var all network.ApplicationGatewaySslCertificateArray
	for _, certificate := range args.Region.Certificates {
		if used[certificate.Name] {
			all = append(all, sslCertificate(certificate))
		}
	}
	return all
}

func sslCertificate(certificate topology.Certificate) *network.ApplicationGatewaySslCertificateArgs {
	return &network.ApplicationGatewaySslCertificateArgs{
		Name:             pulumi.String(certificate.Name),
		KeyVaultSecretId: pulumi.String(certificate.Secret),
	}
}
