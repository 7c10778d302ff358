package controlplane

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ai-serving/sandbox/home"
)

// Token returns the bearer token that every cluster of the sandbox accepts. It
// stands for the access token of the person who runs the sandbox, and has full
// rights.
func (c ControlPlane) Token() (string, error) {
	raw, err := os.ReadFile(c.tokenFile())
	if err != nil {
		return "", fmt.Errorf("control plane token: %w", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

// ensureToken returns the token, which it makes if there is none.
func (c ControlPlane) ensureToken(ctx context.Context) (string, error) {
	unlock, err := lock(ctx, c.tokenFile()+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if token, err := c.Token(); !errors.Is(err, os.ErrNotExist) {
		return token, err
	}
	token := rand.Text()
	row := token + ",sandbox,sandbox,system:masters\n"
	if err := home.WriteFile(c.tokenTable(), []byte(row), secretFilePermissions); err != nil {
		return "", err
	}
	return token, home.WriteFile(c.tokenFile(), []byte(token+"\n"), secretFilePermissions)
}

func (c ControlPlane) tokenFile() string { return filepath.Join(c.directory(), "token") }

// tokenTable is the same token in the form that kube-apiserver reads: a row of
// token, user, user id and groups.
func (c ControlPlane) tokenTable() string { return filepath.Join(c.directory(), "tokens.csv") }
