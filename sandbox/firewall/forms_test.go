package firewall

import "testing"

// What else than JSON a prompt comes in. docs/firewall.md says which of it is refused,
// and what to do.
func TestOtherFormsOfPrompts(t *testing.T) {
	t.Parallel()
	for _, firewall := range []struct {
		name    string
		compare comparison
		// refusesQuotes are the forms that are refused with a text that reads like an
		// attack, and refusesAll those that are with any.
		refusesQuotes, refusesAll map[string]bool
	}{
		{
			name: "DRS 2.2", compare: mustCompare(t)(azure(drsDefault)),
			refusesQuotes: map[string]bool{"JSON that says it is a form": true},
			// Rule 920270 finds the nulls in the length of a text.
			refusesAll: map[string]bool{"Triton's tensors, without a type": true, "Triton's tensors, application/octet-stream": true},
		},
		{
			name: "Cloud Armor", compare: mustCompare(t)(google(true)),
			refusesQuotes: map[string]bool{"JSON that says it is a form": true, "a recording, with a prompt (multipart)": true},
		},
	} {
		for _, form := range otherForms(quotedText) {
			before, after, err := firewall.compare(form.request)
			if err != nil {
				t.Fatal(err)
			}
			if !before {
				t.Errorf("%s, %s: no rule matches the text of the test any more", firewall.name, form.name)
			}
			if want := firewall.refusesQuotes[form.name] || firewall.refusesAll[form.name]; after != want {
				t.Errorf("%s, %s: refused: %t, want %t", firewall.name, form.name, after, want)
			}
		}
		for _, form := range otherForms("Please read this aloud.") {
			if _, after, err := firewall.compare(form.request); err != nil || after != firewall.refusesAll[form.name] {
				t.Errorf("%s, %s, with a text like any other: refused: %t, want %t, error: %v", firewall.name, form.name, after, !after, err)
			}
		}
	}
}
