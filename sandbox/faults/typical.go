package faults

// typical are errors that the clouds answer with when the request is right and
// the cloud is not. The codes are the clouds' own, from the issue trackers of
// their providers; the texts are shortened.
var typical = map[string]map[Verb]string{
	"azure-native": {
		Create: `Code="InternalServerError" Message="An error occurred."`,
		Read:   `Code="TooManyRequests" Message="The request is being throttled."`,
		Update: `Code="RetryableError" Message="A retryable error occurred."`,
		Delete: `Code="AnotherOperationInProgress" Message="Another operation on this or dependent resource is in progress."`,
	},
	"gcp": {
		Create: "googleapi: Error 503: The service is currently unavailable., backendError",
		Read:   "googleapi: Error 503: The service is currently unavailable., backendError",
		Update: "googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute', rateLimitExceeded",
		Delete: "Error waiting for the operation: INTERNAL_ERROR: Internal error. Please try again",
	},
	"kubernetes": {
		Create: "Internal error occurred: failed calling webhook: context deadline exceeded",
		Read:   "the server is currently unable to handle the request",
		Update: "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again",
		Delete: "etcdserver: request timed out",
	},
}

// message is what the cloud answers.
func (f Fault) message() string {
	if f.Error != "" {
		return f.Error
	}
	return typical[packageOf(f.Resource)][f.Verb]
}
