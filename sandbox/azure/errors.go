package azure

import (
	"fmt"
	"net/http"

	"ai-serving/sandbox/rules"
)

// Rules are what Azure Resource Manager, and the azure-native provider before
// it, ask of a request.
var Rules rules.Set

// Error is a refusal by Azure Resource Manager, as the azure-native provider
// shows it.
type Error struct{ *rules.Refusal }

// Error gives code and message.
func (e Error) Error() string { return fmt.Sprintf("Code=%q Message=%q", e.Rule.Code, e.Message) }

// Unwrap gives the refusal.
func (e Error) Unwrap() error { return e.Refusal }

func refuse(rule *rules.Rule, format string, args ...any) error {
	return Error{rule.Refuse(format, args...)}
}

// badRequest is the code of refusals whose own code is not on record.
const badRequest = "BadRequest"

// require adds a rule whose refusal is HTTP 400, as most are.
func require(name, asks, code, source string) *rules.Rule {
	return Rules.Add(rules.Rule{Name: "azure/" + name, Asks: asks, Status: http.StatusBadRequest, Code: code, Source: source})
}
