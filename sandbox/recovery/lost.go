package recovery

import "regexp"

// lost matches the messages of errors that leave open whether a request was carried
// out: the provider or the server was gone, the connection broke,
// somebody gave up, or the cloud failed on its side.
//
// Sources: google.golang.org/grpc (codes.Unavailable, codes.Canceled,
// codes.DeadlineExceeded); Go's net, net/http, io and context; ARM's and Google's
// errors of status 500 and above.
var lost = regexp.MustCompile(`(?i)` +
	`code = (Unavailable|Canceled|DeadlineExceeded|Internal|Unknown desc = error reading)|transport is closing|error reading from server|` +
	`\bEOF\b|connection (refused|reset|error|closed|lost|timed out)|broken pipe|use of closed network connection|` +
	`context (canceled|deadline exceeded)|\btime-?out\b|timed out|` +
	`Gateway ?Timeout|Bad ?Gateway|Service ?Unavailable|service is currently unavailable|Internal ?(Server)? ?Error|backendError|(Error|Status=|StatusCode=|code) ?"?50[0-9]`)

// isLost reports whether the outcome of a creation is unknown: there was no answer,
// or one that leaves it open.
func (a Attempt) isLost() bool { return a.failure == "" || lost.MatchString(a.failure) }
