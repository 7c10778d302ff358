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

	// OddQuery finds what is in no query of a model's API: all but letters, digits and
	// a few signs. A space, a quote and a slash are not among them, encoded or not.
	OddQuery = `[^a-z0-9._~=&:,-]`
	// OddPath finds what is in no path of one: encoded characters, names that begin
	// with a dot, and empty ones.
	OddPath = `[^a-z0-9._~/:@-]|/[.]|//`
	// OddCookie finds brackets, single quotes, addresses, spaces within a value and the
	// signs of a shell, encoded or not. A balancer's and a site's own cookies have none
	// of them. Double quotes may be around a value, as they are in Google's GCLB.
	// Source: RFC 6265, section 4.1.1.
	OddCookie = `[<>(){}|&!\x27\x5c\x5c\x60$]|[^;][ \x09]|://|%(0[0ad]|2[478]|3[ce]|5c|60|7[bcd])|[.][.]`
	// OddHeader finds the like in headers on the client. A comment there is in brackets,
	// after a space.
	OddHeader = `[<>{}|\x22\x27\x5c\x5c\x60$]|[^ ][(]|%(0[0ad]|2[24789]|3[ce]|5c|60|7[bcd])|[.][.]`
)
