package gcp

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

// TestTheSDKAgrees compares what is served with the source of the SDK that
// programs use: the types' tokens, and the name and shape of every input at
// every level.
func TestTheSDKAgrees(t *testing.T) {
	t.Parallel()
	info := Provider(t.TempDir())
	modules := map[string]sdk{}
	var c comparison
	for _, k := range kinds() {
		if _, read := modules[k.module]; !read {
			modules[k.module] = readSDK(t, k.module)
		}
		c.source = modules[k.module]
		if !c.source.tokens[string(k.token())] {
			t.Errorf("%s: the SDK has no resource %s", k.tfType, k.token())
		}
		c.compare(k.name, c.source.args(k.name), info.P.ResourcesMap().Get(k.tfType).Schema(), info.Resources[k.tfType].Fields)
	}
	slices.Sort(c.differences)
	// All came to google-beta between 5.34, whose code this is, and 5.42, which
	// the SDK is made from. To set one is an error.
	want := []string{
		"BackendService.securitySettings.awsV4Authentication: SDK only",
		"Cluster.addonsConfig.rayOperatorConfigs: SDK only",
		"Cluster.clusterAutoscaling.autoProvisioningLocations: SDK only",
		"HealthCheck.sourceRegions: SDK only",
		"SecurityPolicy.rules.match.exprOptions: SDK only",
		"Service.checkIfServiceHasUsageOnDestroy: SDK only",
		"Subnetwork.sendSecondaryIpRangeIfEmpty: SDK only",
		"TargetHttpsProxy.tlsEarlyData: SDK only",
		"URLMap.defaultCustomErrorResponsePolicy: SDK only",
		"URLMap.pathMatchers.defaultCustomErrorResponsePolicy: SDK only",
		"URLMap.pathMatchers.pathRules.customErrorResponsePolicy: SDK only",
	}
	if diff := cmp.Diff(want, c.differences); diff != "" {
		t.Error(diff)
	}
}

// comparison walks the SDK's input types and the provider's schemas side by
// side.
type comparison struct {
	source      sdk
	differences []string
}

func (c *comparison) compare(path, goType string, schemas shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo) {
	inputs := maps.Clone(c.source.inputs[goType])
	schemas.Range(func(name string, s shim.Schema) bool {
		property := tfbridge.TerraformToPulumiNameV2(name, schemas, infos)
		have, found := inputs[property]
		delete(inputs, property)
		switch {
		case !s.Required() && !s.Optional():
			return true // no input of the provider's
		case !found && (s.Removed() != "" || s.Deprecated() != "" || name == "timeouts"):
			return true
		case !found:
			c.differences = append(c.differences, path+"."+property+": provider only")
			return true
		}
		c.compareShape(path+"."+property, have, s, infos[name])
		return true
	})
	for property := range inputs {
		c.differences = append(c.differences, path+"."+property+": SDK only")
	}
}

// compareShape compares the Go type of an input with what the bridge makes of
// its schema.
func (c *comparison) compareShape(path, have string, s shim.Schema, info *tfbridge.SchemaInfo) {
	if info != nil && info.Asset != nil {
		return // a string to the provider, an asset in Pulumi
	}
	element, isList := strings.CutPrefix(strings.TrimPrefix(have, "*"), "[]")
	wantList := (s.Type() == shim.TypeList || s.Type() == shim.TypeSet) && !tfbridge.IsMaxItemsOne(s, info)
	if isList != wantList {
		c.differences = append(c.differences, path+": "+have+" in the SDK only")
		return
	}
	switch elem := s.Elem().(type) {
	case shim.Resource:
		c.compare(path, element, elem.Schema(), nested(info))
	case shim.Schema:
		if want := scalar(elem.Type()); strings.TrimPrefix(element, "map[string]") != want {
			c.differences = append(c.differences, path+": "+have+" in the SDK, elements are "+want)
		}
	default:
		if want := scalar(s.Type()); strings.TrimPrefix(element, "map[string]") != want {
			c.differences = append(c.differences, path+": "+have+" in the SDK, "+want+" here")
		}
	}
}

// nested are the overrides of what is inside a block.
func nested(info *tfbridge.SchemaInfo) map[string]*tfbridge.SchemaInfo {
	if info == nil || info.Elem == nil {
		return nil
	}
	return info.Elem.Fields
}

// scalar is the Go type of a value without structure, and of the elements of a
// map that says nothing of them.
func scalar(t shim.ValueType) string {
	switch t {
	case shim.TypeBool:
		return "bool"
	case shim.TypeInt:
		return "int"
	case shim.TypeFloat:
		return "float64"
	default:
		return "string"
	}
}

// sdk is what the source of a package of the SDK says.
type sdk struct {
	// inputs are the properties of each struct, with their Go types.
	inputs map[string]map[string]string
	// tokens are the types of resources.
	tokens map[string]bool
}

// readSDK reads a package of the SDK, at the version that the program uses.
func readSDK(t *testing.T, module string) sdk {
	t.Helper()
	download := exec.Command("go", "mod", "download", "-json", "github.com/pulumi/pulumi-gcp/sdk/v7")
	download.Dir = filepath.Join("..", "..")
	answer, err := download.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	var found struct{ Dir, Version string }
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatal(err)
	}
	if found.Version != "v"+Version {
		t.Fatalf("the program uses version %s of the SDK, served is %s", found.Version, Version)
	}
	source := sdk{map[string]map[string]string{}, map[string]bool{}}
	files, err := filepath.Glob(filepath.Join(found.Dir, "go", "gcp", module, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, source.visit)
	}
	return source
}

// args is the struct with the inputs of a resource.
func (s sdk) args(resource string) string {
	for name := range s.inputs {
		own := strings.EqualFold(name, resource+"Args") || strings.EqualFold(name, resource+"ResourceArgs")
		if own && name != strings.ToUpper(name[:1])+name[1:] {
			return name
		}
	}
	return ""
}

func (s sdk) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if body, isStruct := n.Type.(*ast.StructType); isStruct {
			s.inputs[n.Name.Name] = properties(body)
		}
	case *ast.CallExpr:
		if call, ok := n.Fun.(*ast.SelectorExpr); ok && call.Sel.Name == "RegisterResource" {
			if literal, ok := n.Args[0].(*ast.BasicLit); ok {
				token, _ := strconv.Unquote(literal.Value) // the parser took it
				s.tokens[token] = true
			}
		}
	}
	return true
}

func properties(body *ast.StructType) map[string]string {
	found := map[string]string{}
	for _, field := range body.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(field.Tag.Value) // the parser took it
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("pulumi"), ",")
		found[name] = typeName(field.Type)
	}
	return found
}

// typeName writes a Go type without its pointers.
func typeName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.ArrayType:
		return "[]" + typeName(t.Elt)
	case *ast.MapType:
		return "map[string]" + typeName(t.Value)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.Ident:
		return t.Name
	default:
		return ""
	}
}
