package gcp

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/certificatemanager"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/compute"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/container"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/resourcemanager"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/secretmanager"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/storage"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// bucketNameLength is the longest name of a bucket, of one with dots.
const bucketNameLength = 222

// kinds are all types of resources that the sandbox serves.
func kinds() []kind {
	return slices.Concat(computeKinds(), certificateKinds(), containerKinds(), storageKinds(), secretKinds(), identityKinds())
}

func computeKinds() []kind {
	of := func(tfName, name string, resource *schema.Resource) kind {
		return kind{tfType: "google_compute_" + tfName, module: "compute", name: name, resource: resource}
	}
	template := of("instance_template", "InstanceTemplate", compute.ResourceComputeInstanceTemplate())
	template.uniqueNames = []string{"name", "name-prefix"}
	return []kind{
		of("network", "Network", compute.ResourceComputeNetwork()).lowerCase(),
		of("subnetwork", "Subnetwork", compute.ResourceComputeSubnetwork()).lowerCase(),
		of("firewall", "Firewall", compute.ResourceComputeFirewall()),
		of("router", "Router", compute.ResourceComputeRouter()).lowerCase(),
		of("router_nat", "RouterNat", compute.ResourceComputeRouterNat()).lowerCase(),
		of("global_address", "GlobalAddress", compute.ResourceComputeGlobalAddress()),
		of("address", "Address", compute.ResourceComputeAddress()),
		template,
		of("region_instance_group_manager", "RegionInstanceGroupManager", compute.ResourceComputeRegionInstanceGroupManager()),
		of("region_autoscaler", "RegionAutoscaler", compute.ResourceComputeRegionAutoscaler()),
		of("health_check", "HealthCheck", compute.ResourceComputeHealthCheck()),
		of("region_health_check", "RegionHealthCheck", compute.ResourceComputeRegionHealthCheck()),
		of("security_policy", "SecurityPolicy", compute.ResourceComputeSecurityPolicy()),
		of("region_security_policy", "RegionSecurityPolicy", compute.ResourceComputeRegionSecurityPolicy()),
		of("region_security_policy_rule", "RegionSecurityPolicyRule", compute.ResourceComputeRegionSecurityPolicyRule()),
		of("backend_service", "BackendService", compute.ResourceComputeBackendService()).lowerCase(),
		of("region_backend_service", "RegionBackendService", compute.ResourceComputeRegionBackendService()),
		of("backend_bucket", "BackendBucket", compute.ResourceComputeBackendBucket()),
		of("url_map", "URLMap", compute.ResourceComputeUrlMap()).lowerCase(),
		of("region_url_map", "RegionUrlMap", compute.ResourceComputeRegionUrlMap()),
		of("target_http_proxy", "TargetHttpProxy", compute.ResourceComputeTargetHttpProxy()).lowerCase(),
		of("region_target_http_proxy", "RegionTargetHttpProxy", compute.ResourceComputeRegionTargetHttpProxy()),
		of("target_https_proxy", "TargetHttpsProxy", compute.ResourceComputeTargetHttpsProxy()).lowerCase(),
		of("region_target_https_proxy", "RegionTargetHttpsProxy", compute.ResourceComputeRegionTargetHttpsProxy()),
		of("global_forwarding_rule", "GlobalForwardingRule", compute.ResourceComputeGlobalForwardingRule()),
		of("forwarding_rule", "ForwardingRule", compute.ResourceComputeForwardingRule()),
		of("ssl_policy", "SSLPolicy", compute.ResourceComputeSslPolicy()),
		of("region_ssl_policy", "RegionSslPolicy", compute.ResourceComputeRegionSslPolicy()),
		of("ssl_certificate", "SSLCertificate", compute.ResourceComputeSslCertificate()),
		of("managed_ssl_certificate", "ManagedSslCertificate", compute.ResourceComputeManagedSslCertificate()),
		of("region_ssl_certificate", "RegionSslCertificate", compute.ResourceComputeRegionSslCertificate()),
	}
}

func certificateKinds() []kind {
	of := func(tfName, name string, resource *schema.Resource) kind {
		return kind{tfType: "google_certificate_manager_" + tfName, module: "certificatemanager", name: name, resource: resource}
	}
	return []kind{
		of("certificate", "Certificate", certificatemanager.ResourceCertificateManagerCertificate()),
		of("dns_authorization", "DnsAuthorization", certificatemanager.ResourceCertificateManagerDnsAuthorization()),
		of("certificate_map", "CertificateMap", certificatemanager.ResourceCertificateManagerCertificateMap()),
		of("certificate_map_entry", "CertificateMapEntry", certificatemanager.ResourceCertificateManagerCertificateMapEntry()),
	}
}

func containerKinds() []kind {
	return []kind{
		{
			tfType: "google_container_cluster", module: "container", name: "Cluster",
			resource: container.ResourceContainerCluster(),
			// A list in Pulumi from before the provider limited it to one.
			fields: map[string]*tfbridge.SchemaInfo{"monitoring_config": {Elem: &tfbridge.SchemaInfo{Fields: map[string]*tfbridge.SchemaInfo{
				"advanced_datapath_observability_config": {MaxItemsOne: tfbridge.False()},
			}}}},
		},
		{
			tfType: "google_container_node_pool", module: "container", name: "NodePool",
			resource: container.ResourceContainerNodePool(),
		},
	}
}

func storageKinds() []kind {
	return []kind{
		{
			tfType: "google_storage_bucket", module: "storage", name: "Bucket",
			resource: bucket(),
			fields:   map[string]*tfbridge.SchemaInfo{"name": tfbridge.AutoName("name", bucketNameLength, "-")},
		},
		{
			tfType: "google_storage_bucket_object", module: "storage", name: "BucketObject",
			resource: storage.ResourceStorageBucketObject(),
			fields: map[string]*tfbridge.SchemaInfo{
				"source": {Asset: &tfbridge.AssetTranslation{Kind: tfbridge.FileAsset, Format: resource.ZIPArchive}},
			},
		},
		{
			tfType: "google_storage_bucket_iam_member", module: "storage", name: "BucketIAMMember",
			resource: member(storage.StorageBucketIamSchema, storage.StorageBucketIamUpdaterProducer, storage.StorageBucketIdParseFunc),
		},
	}
}

func secretKinds() []kind {
	of := func(tfName, name string, resource *schema.Resource) kind {
		return kind{tfType: "google_secret_manager_" + tfName, module: "secretmanager", name: name, resource: resource}
	}
	return []kind{
		of("secret", "Secret", secretmanager.ResourceSecretManagerSecret()),
		of("secret_version", "SecretVersion", secretmanager.ResourceSecretManagerSecretVersion()),
		of("secret_iam_member", "SecretIamMember",
			member(secretmanager.SecretManagerSecretIamSchema, secretmanager.SecretManagerSecretIamUpdaterProducer, secretmanager.SecretManagerSecretIdParseFunc)),
	}
}

func identityKinds() []kind {
	return []kind{
		{
			tfType: "google_project_service", module: "projects", name: "Service",
			resource: resourcemanager.ResourceGoogleProjectService(),
		},
		{
			tfType: "google_project_iam_member", module: "projects", name: "IAMMember",
			resource: member(resourcemanager.IamProjectSchema, resourcemanager.NewProjectIamUpdater, resourcemanager.ProjectIdParseFunc),
		},
		{
			tfType: "google_service_account", module: "serviceaccount", name: "Account",
			resource: account(),
		},
		{
			tfType: "google_service_account_iam_member", module: "serviceaccount", name: "IAMMember",
			resource: member(resourcemanager.IamServiceAccountSchema, resourcemanager.NewServiceAccountIamUpdater, resourcemanager.ServiceAccountIdParseFunc),
		},
	}
}
