package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// comments are the doc comments of a package: of types ("Tenant"), of fields
// ("Tenant.Models"), and of constants by type and value ("Isolation pool").
type comments map[string]string

func readComments(directory string) (comments, error) {
	sources, err := filepath.Glob(filepath.Join(directory, "*.go"))
	if err != nil {
		return nil, err
	}
	found := comments{}
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			if group, ok := declaration.(*ast.GenDecl); ok {
				found.add(group)
			}
		}
	}
	return found, nil
}

func (c comments) add(group *ast.GenDecl) {
	for _, spec := range group.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			c[spec.Name.Name] = firstParagraph(group.Doc)
			if structure, ok := spec.Type.(*ast.StructType); ok {
				c.addFields(spec.Name.Name, structure)
			}
		case *ast.ValueSpec:
			c.addConstant(spec)
		}
	}
}

func (c comments) addFields(owner string, structure *ast.StructType) {
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			c[owner+"."+name.Name] = firstParagraph(field.Doc)
		}
	}
}

// addConstant takes what is said of a value, without the constant's name.
func (c comments) addConstant(spec *ast.ValueSpec) {
	kind, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
		if value, err := strconv.Unquote(literal.Value); err == nil {
			c[kind.Name+" "+value] = strings.TrimPrefix(firstParagraph(spec.Doc), spec.Names[0].Name+" ")
		}
	}
}

// firstParagraph is the one for readers of the documentation: what follows it is
// for those of the code.
func firstParagraph(comment *ast.CommentGroup) string {
	paragraph, _, _ := strings.Cut(comment.Text(), "\n\n")
	return strings.Join(strings.Fields(paragraph), " ")
}
