package azure

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/azure/bicep"
)

// TestTheSDKAgrees compares the served types with the source of the SDK that
// programs use: the API versions, the inputs at every level, and which lists it
// also has as resources.
func TestTheSDKAgrees(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	var differences []string
	for _, served := range Served() {
		_, module, _ := strings.Cut(string(served.Token), ":")
		module, name, _ := strings.Cut(module, ":")
		source, used := readSDK(t, module)
		if !used {
			continue
		}
		_, body, err := s.kind(served.Token)
		if err != nil {
			t.Fatal(err)
		}
		if version := source.versions[name]; version != served.APIVersion {
			t.Errorf("%s: the SDK uses API version %q", name, version)
		}
		inputs := strings.ToLower(name[:1]) + name[1:] + "Args"
		if diff := cmp.Diff(served.Standalone, source.standalone[inputs]); diff != "" {
			t.Errorf("%s: lists of resources (-served +SDK):\n%s", name, diff)
		}
		c := comparison{source: source, seen: map[string]bool{}}
		c.compare(name, inputs, bodyFields(body), append(served.parameters(), "name"))
		differences = append(differences, c.differences...)
	}
	slices.Sort(differences)
	want := []string{
		// Of API versions later than the one that this version of the SDK uses.
		"ContainerGroup.containers.configMap: SDK only",
		"ContainerGroup.containers.environmentVariables.secureValueReference: SDK only",
		"ContainerGroup.imageRegistryCredentials.passwordReference: SDK only",
		"ContainerGroup.volumes.azureFile.storageAccountKeyReference: SDK only",
		"ContainerGroup.volumes.secretReference: SDK only",
		// The specification marks it as read-only at a later version.
		"NetworkInterface.ipConfigurations.subnet.routeTable.routes.hasBgpOverride: definition only",
		"Subnet.routeTable.routes.hasBgpOverride: definition only",
		"VirtualNetwork.subnets.routeTable.routes.hasBgpOverride: definition only",
	}
	if diff := cmp.Diff(want, slices.Compact(differences)); diff != "" {
		t.Error(diff)
	}
}

// comparison walks the SDK's input types and the definitions side by side.
type comparison struct {
	source      sdk
	seen        map[string]bool
	differences []string
}

func (c *comparison) compare(path, goType string, t *bicep.Type, besides []string) {
	goType = strings.TrimLeft(goType, "*[]")
	inputs, isStruct := c.source.inputs[goType]
	for t.Kind == bicep.Array {
		t = t.Items
	}
	if !isStruct || c.seen[goType+t.Name] {
		return
	}
	c.seen[goType+t.Name] = true
	fields := fieldsOf(t)
	for _, input := range slices.Sorted(maps.Keys(inputs)) {
		f, ok := fields[input]
		switch {
		case slices.Contains(besides, input):
		case !ok:
			c.differences = append(c.differences, path+"."+input+": SDK only")
		case !f.ReadOnly:
			c.compare(path+"."+input, inputs[input], f.Type, nil)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := inputs[name]; !ok && !fields[name].ReadOnly {
			c.differences = append(c.differences, path+"."+name+": definition only")
		}
	}
}

// sdk is what the source of a module of the SDK says.
type sdk struct {
	// inputs are the properties of each input type, with their Go types.
	inputs map[string]map[string]string
	// versions are the API versions of the resource types.
	versions map[string]string
	// standalone are the properties of each input type that the SDK's comments
	// say to be resources of their own as well.
	standalone map[string][]string
}

// readSDK reads a module of the SDK, at the version that the program uses, and
// says whether it uses the module.
func readSDK(t *testing.T, module string) (source sdk, used bool) {
	t.Helper()
	required, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(required), "/pulumi-azure-native-sdk/"+module+"/v2 ") {
		return sdk{}, false
	}
	download := exec.Command("go", "mod", "download", "-json", "github.com/pulumi/pulumi-azure-native-sdk/"+module+"/v2")
	download.Dir = filepath.Join("..", "..")
	answer, err := download.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatal(err)
	}
	source = sdk{map[string]map[string]string{}, map[string]string{}, map[string][]string{}}
	files, err := filepath.Glob(filepath.Join(found.Dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, source.visit)
	}
	return source, true
}

func (s sdk) visit(n ast.Node) bool {
	declaration, ok := n.(*ast.GenDecl)
	if !ok || declaration.Tok != token.TYPE {
		return true
	}
	spec := declaration.Specs[0].(*ast.TypeSpec)
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	name := spec.Name.Name
	if _, version, ok := strings.Cut(declaration.Doc.Text(), "Azure REST API version: "); ok {
		s.versions[name], _, _ = strings.Cut(version, ".")
	}
	s.inputs[name] = map[string]string{}
	for _, f := range structure.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		property := reflect.StructTag(tag).Get("pulumi")
		s.inputs[name][property] = goType(f.Type)
		if strings.Contains(f.Doc.Text(), "also available as standalone resources") {
			s.standalone[name] = append(s.standalone[name], property)
		}
	}
	return false
}

func goType(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return goType(e.X)
	case *ast.ArrayType:
		return goType(e.Elt)
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}
