package edge

// gatewayDocument is what decides about a request in the inputs of an
// Application Gateway.
type gatewayDocument struct {
	Sku                           struct{ Name, Tier string } `json:"sku"`
	FirewallPolicy                *reference                  `json:"firewallPolicy"`
	FrontendIPConfigurations      []frontend                  `json:"frontendIPConfigurations"`
	FrontendPorts                 []frontendPort              `json:"frontendPorts"`
	HTTPListeners                 []listener                  `json:"httpListeners"`
	RequestRoutingRules           []routingRule               `json:"requestRoutingRules"`
	URLPathMaps                   []pathMap                   `json:"urlPathMaps"`
	RedirectConfigurations        []redirect                  `json:"redirectConfigurations"`
	RewriteRuleSets               []rewriteSet                `json:"rewriteRuleSets"`
	BackendAddressPools           []pool                      `json:"backendAddressPools"`
	BackendHTTPSettingsCollection []settings                  `json:"backendHttpSettingsCollection"`
	SSLCertificates               []certificate               `json:"sslCertificates"`
	SSLPolicy                     ignored                     `json:"sslPolicy"`
	GlobalConfiguration           ignored                     `json:"globalConfiguration"`
	Probes                        ignored                     `json:"probes"`
	Identity                      ignored                     `json:"identity"`
	GatewayIPConfigurations       ignored                     `json:"gatewayIPConfigurations"`
	AutoscaleConfiguration        ignored                     `json:"autoscaleConfiguration"`
	EnableHTTP2                   ignored                     `json:"enableHttp2"`
	Location                      string                      `json:"location"`
	ResourceGroupName             ignored                     `json:"resourceGroupName"`
	ApplicationGatewayName        ignored                     `json:"applicationGatewayName"`
	Tags                          ignored                     `json:"tags"`
	Zones                         ignored                     `json:"zones"`
	ForceFirewallPolicyAssociate  ignored                     `json:"forceFirewallPolicyAssociation"`
}

type reference struct {
	ID string `json:"id"`
}

type frontend struct {
	Name            string     `json:"name"`
	PublicIPAddress *reference `json:"publicIPAddress"`
	// PrivateIPAddress is set on the frontend inside of the network.
	PrivateIPAddress          string  `json:"privateIPAddress"`
	PrivateIPAllocationMethod string  `json:"privateIPAllocationMethod"`
	Subnet                    ignored `json:"subnet"`
}

type frontendPort struct {
	Name string `json:"name"`
	Port int    `json:"port"`
}

type certificate struct {
	Name             string `json:"name"`
	KeyVaultSecretID string `json:"keyVaultSecretId"`
}

type listener struct {
	Name                        string     `json:"name"`
	Protocol                    string     `json:"protocol"`
	HostName                    string     `json:"hostName"`
	HostNames                   []string   `json:"hostNames"`
	FrontendIPConfiguration     *reference `json:"frontendIPConfiguration"`
	FrontendPort                *reference `json:"frontendPort"`
	SSLCertificate              *reference `json:"sslCertificate"`
	FirewallPolicy              *reference `json:"firewallPolicy"`
	RequireServerNameIndication bool       `json:"requireServerNameIndication"`
}

type routingRule struct {
	Name                  string     `json:"name"`
	Priority              int        `json:"priority"`
	RuleType              string     `json:"ruleType"`
	HTTPListener          *reference `json:"httpListener"`
	URLPathMap            *reference `json:"urlPathMap"`
	BackendAddressPool    *reference `json:"backendAddressPool"`
	BackendHTTPSettings   *reference `json:"backendHttpSettings"`
	RedirectConfiguration *reference `json:"redirectConfiguration"`
	RewriteRuleSet        *reference `json:"rewriteRuleSet"`
}

type pathMap struct {
	Name                         string     `json:"name"`
	PathRules                    []pathRule `json:"pathRules"`
	DefaultBackendAddressPool    *reference `json:"defaultBackendAddressPool"`
	DefaultBackendHTTPSettings   *reference `json:"defaultBackendHttpSettings"`
	DefaultRedirectConfiguration *reference `json:"defaultRedirectConfiguration"`
	DefaultRewriteRuleSet        *reference `json:"defaultRewriteRuleSet"`
}

type pathRule struct {
	Name                  string     `json:"name"`
	Paths                 []string   `json:"paths"`
	BackendAddressPool    *reference `json:"backendAddressPool"`
	BackendHTTPSettings   *reference `json:"backendHttpSettings"`
	RedirectConfiguration *reference `json:"redirectConfiguration"`
	RewriteRuleSet        *reference `json:"rewriteRuleSet"`
	FirewallPolicy        *reference `json:"firewallPolicy"`
}

type redirect struct {
	Name               string     `json:"name"`
	RedirectType       string     `json:"redirectType"`
	TargetListener     *reference `json:"targetListener"`
	TargetURL          string     `json:"targetUrl"`
	IncludePath        *bool      `json:"includePath"`
	IncludeQueryString *bool      `json:"includeQueryString"`
}

type pool struct {
	Name             string `json:"name"`
	BackendAddresses []struct {
		IPAddress string `json:"ipAddress"`
		FQDN      string `json:"fqdn"`
	} `json:"backendAddresses"`
}

// settings without a host name or a path of their own: the backend gets the
// request's.
type settings struct {
	Name                string `json:"name"`
	Port                int    `json:"port"`
	Protocol            string `json:"protocol"`
	CookieBasedAffinity string `json:"cookieBasedAffinity"`
	AffinityCookieName  string `json:"affinityCookieName"`
	RequestTimeout      int    `json:"requestTimeout"`
	ConnectionDraining  struct {
		Enabled           bool `json:"enabled"`
		DrainTimeoutInSec int  `json:"drainTimeoutInSec"`
	} `json:"connectionDraining"`
	Probe *reference `json:"probe"`
}

func (f frontend) name() string     { return f.Name }
func (p frontendPort) name() string { return p.Name }
func (c certificate) name() string  { return c.Name }
func (l listener) name() string     { return l.Name }
func (m pathMap) name() string      { return m.Name }
func (r redirect) name() string     { return r.Name }
func (p pool) name() string         { return p.Name }
func (s settings) name() string     { return s.Name }
