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
	r := &listRewriter{
		spec:     &ast.ImportSpec{Name: ast.NewIdent("sluiceList"), Path: ast.NewString("list")},
		replaced: map[ast.Node]ast.Node{},
	}
	astutil.Apply(file, nil, func(c astutil.Cursor) bool {
		if binary, ok := c.Node().(*ast.BinaryExpr); ok {
			if replacement := r.rewrite(binary); replacement != nil {
				r.replaced[binary] = replacement
				c.Replace(replacement)
			}
		}
		return true
	})
	if len(r.replaced) == 0 {
		return nil
	}
	file.Imports = append(file.Imports, r.spec)
	file.Decls = slices.Insert(file.Decls, importEnd(file), ast.Decl(&ast.ImportDecl{Specs: []*ast.ImportSpec{r.spec}}))
	ast.Walk(file, func(n ast.Node) bool { // names that were resolved to what is gone
		if ident, ok := n.(*ast.Ident); ok && r.replaced[ident.Node] != nil {
			ident.Node = r.replaced[ident.Node]
		}
		return true
	}, nil)
	return r.warnings
}

type listRewriter struct {
	spec     *ast.ImportSpec
	replaced map[ast.Node]ast.Node
	warnings []Problem
}

func (r *listRewriter) rewrite(b *ast.BinaryExpr) ast.Expr {
	switch {
	case b.Op == token.ADD && r.isConcat(b.X): // `[a] + b + c`: the call that `[a] + b` became takes c in
		operands := b.X.(*ast.CallExpr).Args[0].(*ast.ListLit)
		operands.Elts = append(operands.Elts, b.Y)
		return b.X
	case b.Op == token.ADD && (isList(b.X) || isList(b.Y)):
		r.warn(b, "write list.Concat([x, y])")
		return r.call("Concat", ast.NewList(b.X, b.Y))
	case b.Op == token.MUL && isList(b.X):
		r.warn(b, "write list.Repeat(x, n)")
		return r.call("Repeat", b.X, b.Y)
	case b.Op == token.MUL && isList(b.Y):
		r.warn(b, "write list.Repeat(x, n)")
		return r.call("Repeat", b.Y, b.X)
	}
	return nil
}

func (r *listRewriter) warn(b *ast.BinaryExpr, hint string) {
	message := "`" + b.Op.String() + "` on lists was removed from CUE"
	r.warnings = append(r.warnings, Problem{Kind: "evaluation", Message: message, At: place(b.OpPos), Hint: hint})
}

func (r *listRewriter) call(name string, args ...ast.Expr) ast.Expr {
	ident := ast.NewIdent("sluiceList")
	ident.Node = r.spec
	return ast.NewCall(&ast.SelectorExpr{X: ident, Sel: ast.NewIdent(name)}, args...)
}

func (r *listRewriter) isConcat(expr ast.Expr) bool {
	call, ok := expr.(*ast.CallExpr)
	if !ok {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	ident, ok := selector.X.(*ast.Ident)
	name, _, _ := ast.LabelName(selector.Sel)
	return ok && ident.Node == r.spec && name == "Concat"
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
