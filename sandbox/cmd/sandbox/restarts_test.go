package main

import (
	"strings"
	"testing"
)

func TestRestartRefusesAGroupThatIsNotThere(t *testing.T) {
	t.Parallel()
	err := restartGroup(t.Context(), oneResource(t), []string{"chat-0"})
	if err == nil || !strings.Contains(err.Error(), `no container group is named "chat-0"`) {
		t.Errorf("restart = %v, want that there is no such group", err)
	}
}
