package engine

import (
	"sort"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// evaluate answers an expression over plain data.
func (e *engine) evaluate(request *Request) Response {
	names := make([]string, 0, len(request.Scope))
	for name := range request.Scope {
		names = append(names, name)
	}
	sort.Strings(names)
	scope := &ast.StructLit{}
	for _, name := range names {
		expr, err := literal(request.Scope[name])
		if err != nil {
			return unusable(err)
		}
		scope.Elts = append(scope.Elts, &ast.Field{Label: ast.NewString(name), Value: expr})
	}
	return e.script(e.ctx.BuildExpr(scope), request.Expr)
}

// script evaluates an expression, or a script with imports, in the scope of a value.
func (e *engine) script(scope cue.Value, text string) Response {
	v, found := e.buildScript(scope, text)
	if len(found) > 0 {
		return Response{Problems: withHints(text, found)}
	}
	return withHintsIn(text, exportValue(v))
}

func (e *engine) buildScript(scope cue.Value, text string) (cue.Value, []Problem) {
	options := []cue.BuildOption{cue.Scope(scope), cue.InferBuiltins(true)}
	if expr, err := parser.ParseExpr(exprSource, text); err == nil { // BuildExpr leaves nothing behind in the context
		return e.ctx.BuildExpr(expr, options...), nil
	}
	file, err := parser.ParseFile(exprSource, text)
	if err != nil {
		return cue.Value{}, problems("syntax", err)
	}
	if found := refuseEmpty(file); found != nil {
		return cue.Value{}, found
	}
	dropUnusedImports(file)
	if found := e.checkImports(file, nil); len(found) > 0 {
		return cue.Value{}, found
	}
	e.files++
	return e.ctx.BuildFile(file, options...), nil
}

func exportValue(v cue.Value) Response {
	if err := v.Validate(); err != nil {
		return Response{Problems: problems("evaluation", err)}
	}
	exported, missing := export(v)
	if err := v.Err(); err != nil && len(missing) == 0 {
		missing = problems("incomplete", err)
	}
	if len(missing) > 0 {
		return Response{Problems: missing}
	}
	return Response{Value: exported}
}

// refuseEmpty: CUE takes no text for an empty struct, and nobody means one.
func refuseEmpty(file *ast.File) []Problem {
	for _, decl := range file.Decls {
		switch decl.(type) {
		case *ast.ImportDecl, *ast.CommentGroup, *ast.Package:
		default:
			return nil
		}
	}
	return []Problem{{Kind: "syntax", Message: "the expression is empty", At: &Place{Source: exprSource, Line: 1, Column: 1}}}
}
