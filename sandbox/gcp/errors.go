package gcp

import (
	"fmt"
	"net/http"

	"google.golang.org/api/googleapi"
)

// refuse makes the error that a Google API answers with. The reason is Google's
// own word for the kind of refusal, such as alreadyExists.
func refuse(status int, reason, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	return &googleapi.Error{
		Code:    status,
		Message: message,
		Errors:  []googleapi.ErrorItem{{Reason: reason, Message: message}},
	}
}

func notFound(id string) error {
	return refuse(http.StatusNotFound, "notFound", "The resource '%s' was not found", id)
}

func alreadyExists(id string) error {
	return refuse(http.StatusConflict, "alreadyExists", "The resource '%s' already exists", id)
}

func inUse(title, id, user string) error {
	return refuse(http.StatusBadRequest, "resourceInUseByAnotherResource",
		"The %s resource '%s' is already being used by '%s'", title, id, user)
}

// invalidValue refuses the value of a field, which is named as the API's body
// has it.
func invalidValue(field, value, format string, args ...any) error {
	return refuse(http.StatusBadRequest, "invalid",
		"Invalid value for field '%s': '%s'. %s", field, value, fmt.Sprintf(format, args...))
}
