package azure

import "fmt"

// Error is a refusal by Azure Resource Manager.
type Error struct {
	// Code is ARM's own, such as ResourceGroupNotFound.
	Code string
	// Message says what was refused and why.
	Message string
}

// Error gives code and message, as the azure-native provider shows them.
func (e *Error) Error() string { return fmt.Sprintf("Code=%q Message=%q", e.Code, e.Message) }

func refuse(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
