package firewall

// What a request with a prompt may look like beside its body. A client of a model asks
// with a short path, and a query without text, if any. So what has more in it is
// refused, on both clouds: on Google the signatures that would find an attack there are
// off for prompts, and on Azure an argument of the query may have the name of a field
// of a prompt. The patterns are for text in small letters, and are regular expressions
// that RE2 and PCRE both have. A backslash is in them twice: the language of Cloud Armor
// reads the first.
const (
	// JSONType is of the types of bodies of JSON, in small letters, to their ends: an
	// attack behind "json" would else turn off the signatures that look for it. Struts
	// took "multipart/form-data" for its own anywhere in a type, with code beside it.
	// Source: cwiki.apache.org/confluence/display/WW/S2-045.
	JSONType = `^application/([a-z0-9.-]+[+])?json( *; *[a-z0-9._-]+=[a-z0-9._\x22-]+)* *;? *$`

	// TensorHeader is of Triton's requests whose body is tensors behind JSON, as its own
	// library sends them if it is not told otherwise.
	TensorHeader = "inference-header-content-length"
	// tensorType is the type of such a body, if the client says one. A form with the
	// header would else be one that no signature looks at, for most servers ignore it.
	// Source: docs.nvidia.com/deeplearning/triton-inference-server (binary tensor data).
	tensorType = `^application/octet-stream *$`

	// OddQuery finds what is in no query of a model's API: all but letters, digits and
	// a few signs, the start of an address or of a path as a value, and "..". Encoded,
	// only a plus, a comma, a slash and a colon are none of it.
	OddQuery = `[^][a-z0-9._~=&:,%-]|%([^23]|2[^bcf]|3[^a])|[=:]%2f|%3a%2f|[.][.]`
	// OddPath finds what is in no path of one: encoded characters but a slash within a
	// model's name, names that begin with a dot, and empty ones.
	OddPath = `[^a-z0-9._~/:@%-]|%([^2]|2[^f])|/[.]|[.][.]|//|%2f(%|/|[.])|/%2f`

	// oddSign finds signs of HTML, of a shell and of a call, encoded or not.
	oddSign = `[<>\x5c\x5c\x60]|%(0[0ad]|3[ce]|5c|60)|[.][.]|[$][({]|%24%(28|7b)|[a-z0-9_]([(]|%28)`
	// oddQuote finds an apostrophe that ends what is before it. One within a word, and
	// the quotation marks around a value, are none.
	oddQuote = `(\x27|%27)([ )=,\x3b|&#-]|%20|%3b|%23|%7c)`

	// OddCookie finds what is in no cookie, neither of a balancer, nor of a site, nor of
	// those that count visitors: see sandbox/firewall/testdata/clients. Among those are
	// quotation marks (Google's own GCILB="…"), braces, bars, dollars and "(…)" after
	// a plus. RFC 6265 keeps spaces out of all.
	OddCookie = oddSign + "|" + oddQuote + `|[^;][ \x09]`
	// OddHeader finds the like in headers on the client. A comment there is in brackets,
	// after a space.
	OddHeader = oddSign + "|" + oddQuote + `|[|{$] `
)
