package refusals

import (
	"regexp"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
)

var (
	proxyMapScope = invalid("target-proxy/url-map-scope",
		"A regional proxy has a URL map of its region, and a global one a global map.",
		documented(urlMapDocs))
	proxyMapNeeded = invalid("target-proxy/url-map-needed",
		"A proxy of HTTP has a URL map.",
		inferred(provider("compute_target_http_proxy, url_map is required")))
	keepAlive = invalid("target-proxy/keep-alive",
		"Connections of clients are kept for 5 to 1200 seconds.",
		discovery("TargetHttpProxy.httpKeepAliveTimeoutSec"))
	proxyScheme = invalid("target-proxy/scheme-of-rule",
		"The services behind a proxy have the scheme of the forwarding rules that route to it.",
		inferred(discovery("BackendService.loadBalancingScheme")))
	certificateNeeded = invalid("target-https-proxy/certificate-needed",
		"An HTTPS proxy has certificates or a certificate map.",
		discovery("TargetHttpsProxy.sslCertificates"))
	certificateMapForm = invalid("target-https-proxy/certificate-map-form",
		"A certificate map is named //certificatemanager.googleapis.com/projects/P/locations/L/certificateMaps/M.",
		discovery("TargetHttpsProxy.certificateMap"))
	certificateMapScope = invalid("target-https-proxy/certificate-map-scope",
		"Only global proxies have a certificate map.",
		discovery("TargetHttpsProxy.certificateMap"))
	certificatesMixed = invalid("target-https-proxy/certificates-mixed",
		"A proxy has certificates of Compute Engine or of Certificate Manager, not both.",
		discovery("TargetHttpsProxy.sslCertificates"))
	certificateCount = invalid("target-https-proxy/certificate-count",
		"A proxy has at most 15 certificates of Compute Engine, or 100 of Certificate Manager.",
		discovery("TargetHttpsProxy.sslCertificates"))
	managerOnGlobal = invalid("target-https-proxy/manager-certificates-global",
		"A global external load balancer gets the certificates of Certificate Manager by a map.",
		discovery("TargetHttpsProxy.sslCertificates"))
	certificateScope = invalid("target-https-proxy/certificate-scope",
		"A regional proxy has certificates of its region, and a global one global certificates.",
		documented("load-balancing/docs/ssl-certificates"))
	sslPolicyScope = invalid("target-https-proxy/ssl-policy-scope",
		"A regional proxy has an SSL policy of its region, and a global one a global policy.",
		documented("load-balancing/docs/ssl-policies-concepts"))
	redirectToItself = invalid("target-https-proxy/https-redirect",
		"The URL map of an HTTPS proxy does not redirect to HTTPS.",
		discovery("HttpRedirectAction.httpsRedirect"))
)

const (
	minKeepAlive           = 5
	maxKeepAlive           = 1200
	maxClassicCertificates = 15
	maxManagerCertificates = 100
	managerHost            = "//certificatemanager.googleapis.com/"
)

var certificateMapLink = regexp.MustCompile(`^//certificatemanager\.googleapis\.com/projects/[^/]+/locations/[^/]+/certificateMaps/[^/]+$`)

func httpProxy(r *request, p *compute.TargetHttpProxy) error {
	return checkProxy(r, p.UrlMap, p.HttpKeepAliveTimeoutSec)
}

// checkProxy checks what both kinds of proxies have.
func checkProxy(r *request, urlMap string, keptSeconds int64) error {
	if urlMap == "" {
		return wrong(proxyMapNeeded, "urlMap", urlMap, "A URL map must be specified.")
	}
	l, ok := r.refer(urlMap)
	if ok && l.scope != r.link.scope {
		return wrong(proxyMapScope, "urlMap", urlMap, "The URL map must be in the scope of the target proxy, %s.", r.link.scope)
	}
	if keptSeconds != 0 && (keptSeconds < minKeepAlive || keptSeconds > maxKeepAlive) {
		return wrong(keepAlive, "httpKeepAliveTimeoutSec", keptSeconds, "Must be %d to %d.", minKeepAlive, maxKeepAlive)
	}
	scheme := schemeOfMap(r, urlMap)
	if scheme == "" {
		return nil
	}
	return each(r, "forwardingRules", func(l link, f *compute.ForwardingRule) error {
		if r.same(f.Target, r.link.String()) && schemeOfRule(f) != scheme {
			return wrong(proxyScheme, "urlMap", urlMap, "The backend services have load balancing scheme %s; the forwarding rule '%s' has %s.", scheme, l, schemeOfRule(f))
		}
		return nil
	})
}

func httpsProxy(r *request, p *compute.TargetHttpsProxy) error {
	if err := checkProxy(r, p.UrlMap, p.HttpKeepAliveTimeoutSec); err != nil {
		return err
	}
	scheme := schemeOfMap(r, p.UrlMap)
	if len(p.SslCertificates) == 0 && p.CertificateMap == "" && scheme != schemeMesh {
		return wrong(certificateNeeded, "sslCertificates", "", "At least one SSL certificate must be specified.")
	}
	if p.CertificateMap != "" && !r.link.global() {
		return wrong(certificateMapScope, "certificateMap", p.CertificateMap, "The field can only be set for global target proxies.")
	}
	if p.CertificateMap != "" && !certificateMapLink.MatchString(p.CertificateMap) {
		return wrong(certificateMapForm, "certificateMap", p.CertificateMap, "Accepted format is %sprojects/{project}/locations/{location}/certificateMaps/{resourceName}.", managerHost)
	}
	if l, ok := r.refer(p.SslPolicy); ok && l.scope != r.link.scope {
		return wrong(sslPolicyScope, "sslPolicy", p.SslPolicy, "The SSL policy must be in the scope of the target proxy, %s.", r.link.scope)
	}
	if err := checkCertificates(r, p, scheme); err != nil {
		return err
	}
	return checkRedirects(r, p)
}

func checkCertificates(r *request, p *compute.TargetHttpsProxy, scheme string) error {
	managed, limit := 0, maxClassicCertificates
	for i, text := range p.SslCertificates {
		l, ok := r.refer(text)
		if !ok {
			continue
		}
		if l.collection == "certificates" {
			managed++
			limit = maxManagerCertificates
		} else if l.scope != r.link.scope {
			return wrong(certificateScope, "sslCertificates", text, "The certificate must be in the scope of the target proxy, %s.", r.link.scope)
		}
		if managed != 0 && managed != i+1 {
			return wrong(certificatesMixed, "sslCertificates", text, "Mixing Classic Certificates and Certificate Manager Certificates is not allowed.")
		}
	}
	if len(p.SslCertificates) > limit {
		return wrong(certificateCount, "sslCertificates", len(p.SslCertificates), "At most %d certificates may be specified.", limit)
	}
	if managed > 0 && r.link.global() && strings.HasPrefix(scheme, "EXTERNAL") {
		return wrong(managerOnGlobal, "sslCertificates", p.SslCertificates[0], "Certificate Manager Certificates are not supported by global external load balancers; use certificateMap.")
	}
	return nil
}

func checkRedirects(r *request, p *compute.TargetHttpsProxy) error {
	l, ok := r.refer(p.UrlMap)
	if !ok {
		return nil
	}
	m, found := get[compute.UrlMap](r.project, l)
	if !found {
		return nil
	}
	for _, place := range places(m) {
		if place.redirect != nil && place.redirect.HttpsRedirect {
			return wrong(redirectToItself, "urlMap", p.UrlMap, "httpsRedirect at %s is not permitted for target HTTPS proxies.", place.name("urlRedirect"))
		}
	}
	return nil
}
