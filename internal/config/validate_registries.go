package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// azureRegistries is the end of the name of every Azure Container Registry.
const azureRegistries = ".azurecr.io"

// validateRegistries holds the registries to images that are in them, and the ways to sign
// in to what can sign in so.
func (c Config) validateRegistries(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	users := c.usersOfRegistries()
	for _, server := range slices.Sorted(maps.Keys(c.Platform.Registries)) {
		at, registry := path.Key(server), c.Platform.Registries[server]
		errs = append(errs, registry.validate(at, server)...)
		switch {
		case len(users[server]) == 0:
			errs = append(errs, notIn(at, server, "the images of the models: their registries are", users))
		case registry.Identity != "" && slices.Contains(users[server], "kubernetes"):
			errs = append(errs, field.Forbidden(at.Child("identity"), "pods on GKE pull from it too, and cannot use an identity of Azure: give username and password"))
		case slices.Contains(users[server], "instances"):
			errs = append(errs, field.Forbidden(at, "instances pull from it too, which sign in to Google's registries only: copy the image to Artifact Registry, and name that under gcp.instances"))
		}
	}
	return errs
}

func (r Registry) validate(path *field.Path, server string) field.ErrorList {
	const either = "give either identity, or username and password"
	switch {
	case r.Identity != "" && (r.Username != "" || r.Password != ""):
		return field.ErrorList{field.Forbidden(path, either)}
	case r.Identity == "" && (r.Username == "" || r.Password == ""):
		return field.ErrorList{field.Required(path, either)}
	case r.Identity != "" && !strings.HasSuffix(server, azureRegistries):
		// Source: learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi.
		return field.ErrorList{field.Forbidden(path.Child("identity"), fmt.Sprintf("only an Azure Container Registry, <name>%s, accepts an identity: give username and password", azureRegistries))}
	}
	return nil
}

// RegistryOf is the server of the registry that an image is pulled from:
// "docker.io" where the image names none, "" where it is no image.
func RegistryOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}

// usersOfRegistries are the runtimes that pull from each registry.
func (c Config) usersOfRegistries() map[string][]string {
	users := map[string][]string{}
	for _, model := range c.Models {
		for _, runtime := range model.runtimes() {
			if server := RegistryOf(runtime.server().Image); server != "" {
				users[server] = append(users[server], runtime.keys[1])
			}
		}
	}
	return users
}
