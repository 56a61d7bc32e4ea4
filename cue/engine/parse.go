package engine

import (
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	"cuelang.org/go/internal/core/runtime"
)

// parseExpression lists what an `if:` or a `valueFrom` refers to, without evaluating it.
func parseExpression(e *engine, text string) Response {
	file, found := parseScript(text)
	if len(found) > 0 {
		return Response{Problems: found}
	}
	dropUnusedImports(file)
	if found := e.checkImports(file, nil); len(found) > 0 {
		return Response{Problems: found}
	}
	// Statuses are texts and booleans: nothing can be subtracted from them, so this is a name with a hyphen.
	if where, meant := hyphenated(file); where != nil && chainRoot(where) == "status" {
		p := problemAt("evaluation", where, "this reads as a subtraction, not as a name", "a name with a hyphen needs quotes: "+meant)
		return Response{Problems: []Problem{p}}
	}
	collector := &referenceCollector{seen: map[string]bool{}}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			collector.imports = append(collector.imports, path)
		}
	}
	ast.Walk(file, collector.visit, nil)
	return Response{References: collector.references, Imports: collector.imports}
}

// parseScript reads an expression, or a script with imports, as a file with its names resolved.
func parseScript(text string) (*ast.File, []Problem) {
	expr, err := parser.ParseExpr(exprSource, text)
	if err == nil {
		file := &ast.File{Filename: exprSource, Decls: []ast.Decl{&ast.EmbedDecl{Expr: expr}}}
		found := []Problem{}
		astutil.Resolve(file, func(pos token.Pos, message string, _ ...any) {
			found = append(found, Problem{Kind: "syntax", Message: message, At: place(pos)})
		})
		return file, found
	}
	file, fileErr := parser.ParseFile(exprSource, text)
	if fileErr == nil {
		return file, refuseEmpty(file)
	}
	if len(file.Imports) > 0 { // a script: what is wrong with it as an expression is beside the point
		err = fileErr
	}
	return nil, problems("syntax", err)
}

type referenceCollector struct {
	references []Reference
	imports    []string
	seen       map[string]bool
}

func (c *referenceCollector) visit(n ast.Node) bool {
	switch x := n.(type) {
	case *ast.Field: // its label is no reference
		if label, ok := x.Label.(ast.Expr); ok && isComputed(label) {
			ast.Walk(label, c.visit, nil)
		}
		ast.Walk(x.Value, c.visit, nil)
		return false
	case *ast.ImportDecl, *ast.Package:
		return false
	case *ast.LetClause:
		ast.Walk(x.Expr, c.visit, nil)
		return false
	case *ast.ForClause:
		ast.Walk(x.Source, c.visit, nil)
		return false
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		return c.chain(x.(ast.Expr))
	}
	return true
}

func isComputed(label ast.Expr) bool {
	switch label.(type) {
	case *ast.ParenExpr, *ast.Interpolation, *ast.ListLit:
		return true
	}
	return false
}

// chain records the longest path that starts at a name of the scope. Indexes that are no literals end it.
func (c *referenceCollector) chain(expr ast.Expr) bool {
	root, segments, dynamic := flatten(expr)
	for _, index := range dynamic {
		ast.Walk(index, c.visit, nil)
	}
	ident, ok := root.(*ast.Ident)
	if !ok {
		ast.Walk(root, c.visit, nil)
		return false
	}
	if path, ok := builtinPackage(ident, len(segments) > 0); ok {
		if path != "" && !slices.Contains(c.imports, path) {
			c.imports = append(c.imports, path)
		}
		return false
	}
	if ident.Node != nil || isPredeclared(ident.Name) {
		return false
	}
	c.references = append(c.references, Reference{
		Segments: append([]string{ident.Name}, segments...),
		Line:     ident.Pos().Line(),
		Column:   ident.Pos().Column(),
	})
	return false
}

// flatten takes `a.b["c"][0]` apart: its root, the literal steps after it, and the index expressions that are computed
// (after the first of them the steps are unknown and left out).
func flatten(expr ast.Expr) (root ast.Expr, segments []string, dynamic []ast.Expr) {
	switch x := expr.(type) {
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(x.Sel)
		root, segments, dynamic = flatten(x.X)
		if err == nil && len(dynamic) == 0 {
			segments = append(segments, name)
		}
		return root, segments, dynamic
	case *ast.IndexExpr:
		root, segments, dynamic = flatten(x.X)
		if step, ok := literalIndex(x.Index); ok && len(dynamic) == 0 {
			return root, append(segments, step), dynamic
		}
		return root, segments, append(dynamic, x.Index)
	case *ast.ParenExpr:
		return flatten(x.X)
	}
	return expr, nil, nil
}

func literalIndex(index ast.Expr) (string, bool) {
	lit, ok := index.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	switch lit.Kind {
	case token.INT:
		return lit.Value, true
	case token.STRING:
		text, _, err := ast.LabelName(lit)
		return text, err == nil
	}
	return "", false
}

// builtinPackage: an imported package, or a standard one that expressions may name without import.
func builtinPackage(ident *ast.Ident, isSelected bool) (string, bool) {
	if ident.Node != nil {
		return "", importedPath(ident) != ""
	}
	path := runtime.SharedRuntime().BuiltinPackagePath(ident.Name)
	return path, path != "" && isSelected
}

var predeclared = []string{
	"_", "_|_", "bool", "bytes", "float", "int", "null", "number", "string", "uint", "rune", "true", "false",
	"int8", "int16", "int32", "int64", "int128", "uint8", "uint16", "uint32", "uint64", "uint128", "float32", "float64",
	"and", "or", "close", "len", "div", "mod", "quo", "rem", "matchN", "matchIf", "error", "self",
}

func isPredeclared(name string) bool {
	return slices.Contains(predeclared, name) || (len(name) > 2 && name[:2] == "__" && isPredeclared(name[2:]))
}

func chainRoot(binary *ast.BinaryExpr) string {
	if chain := joined(binary); len(chain) > 0 {
		return chain[0]
	}
	return ""
}
