package engine

import (
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/token"
)

// dropUnusedImports removes what CUE would refuse and older CUE let pass.
func dropUnusedImports(file *ast.File) []Problem {
	used := map[ast.Node]bool{}
	ast.Walk(file, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok && ident.Node != nil {
			used[ident.Node] = true
		}
		return true
	}, nil)
	warnings := []Problem{}
	unused := func(spec *ast.ImportSpec) bool { return !used[spec] }
	for _, spec := range file.Imports {
		if unused(spec) {
			warnings = append(warnings, problemAt("import", spec, "the import "+spec.Path.Value+" is not used", "remove the import"))
		}
	}
	if len(warnings) == 0 {
		return nil
	}
	file.Imports = slices.DeleteFunc(file.Imports, unused)
	for _, decl := range file.Decls {
		if imports, ok := decl.(*ast.ImportDecl); ok {
			imports.Specs = slices.DeleteFunc(imports.Specs, unused)
		}
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(decl ast.Decl) bool {
		imports, ok := decl.(*ast.ImportDecl)
		return ok && len(imports.Specs) == 0
	})
	return warnings
}

// concatLists rewrites `+` and `*` on list literals, which CUE dropped in 0.11, to list.Concat and list.Repeat.
func concatLists(file *ast.File) []Problem {
	warnings := []Problem{}
	spec := &ast.ImportSpec{Name: ast.NewIdent("sluiceList"), Path: ast.NewString("list")}
	call := func(name string, args ...ast.Expr) ast.Expr {
		ident := ast.NewIdent("sluiceList")
		ident.Node = spec
		return ast.NewCall(&ast.SelectorExpr{X: ident, Sel: ast.NewIdent(name)}, args...)
	}
	astutil.Apply(file, nil, func(c astutil.Cursor) bool {
		binary, ok := c.Node().(*ast.BinaryExpr)
		if !ok {
			return true
		}
		replacement, hint := listArithmetic(binary, call)
		if replacement != nil {
			message := "`" + binary.Op.String() + "` on lists was removed from CUE"
			warnings = append(warnings, Problem{Kind: "evaluation", Message: message, At: place(binary.OpPos), Hint: hint})
			c.Replace(replacement)
		}
		return true
	})
	if len(warnings) > 0 {
		file.Imports = append(file.Imports, spec)
		file.Decls = slices.Insert(file.Decls, importEnd(file), ast.Decl(&ast.ImportDecl{Specs: []*ast.ImportSpec{spec}}))
	}
	return warnings
}

func listArithmetic(b *ast.BinaryExpr, call func(string, ...ast.Expr) ast.Expr) (ast.Expr, string) {
	switch b.Op {
	case token.ADD:
		if isList(b.X) || isList(b.Y) {
			return call("Concat", ast.NewList(b.X, b.Y)), "write list.Concat([x, y])"
		}
	case token.MUL:
		if isList(b.X) {
			return call("Repeat", b.X, b.Y), "write list.Repeat(x, n)"
		}
		if isList(b.Y) {
			return call("Repeat", b.Y, b.X), "write list.Repeat(x, n)"
		}
	}
	return nil, ""
}

// isList recognises a list literal, and what a rewrite of this file has made of one.
func isList(expr ast.Expr) bool {
	switch x := expr.(type) {
	case *ast.ParenExpr:
		return isList(x.X)
	case *ast.ListLit:
		return true
	case *ast.CallExpr:
		selector, ok := x.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		ident, ok := selector.X.(*ast.Ident)
		return ok && importedPath(ident) == "list" && returnsList(selector.Sel)
	}
	return false
}

func returnsList(name ast.Label) bool {
	text, _, err := ast.LabelName(name)
	return err == nil && slices.Contains([]string{"Concat", "Repeat", "Slice", "Range", "Sort", "FlattenN"}, text)
}

// importedPath is the path of the package that an identifier names, "" when it names none.
func importedPath(ident *ast.Ident) string {
	spec, ok := ident.Node.(*ast.ImportSpec)
	if !ok {
		return ""
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	return path
}

func importEnd(file *ast.File) int {
	end := 0
	for i, decl := range file.Decls {
		switch decl.(type) {
		case *ast.Package, *ast.ImportDecl:
			end = i + 1
		}
	}
	return end
}
