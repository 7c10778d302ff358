package balancing

// The ports of clients.
const (
	PortHTTP  = "80"
	PortHTTPS = "443"
)

// The versions of TLS, and the ciphers, that clients may use. Without a policy
// that says so, Google takes TLS 1.0 too.
const (
	MinTLSVersion = "TLS_1_2"
	TLSProfile    = "MODERN"
)

// RedirectCode is that of the redirects to HTTPS: 308, with which a client repeats
// the request as it is. With 301, the default, many make a GET of a POST.
const RedirectCode = "PERMANENT_REDIRECT"
