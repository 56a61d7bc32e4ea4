package engine

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/parser"
)

// valueFrom evaluates an output of a step over its filled template. As KubeVela does, text written for the old style of
// ops is tried again with $returns: `output.x` as `output.$returns.x`, another path as `<path>.$returns`.
func (e *engine) valueFrom(t *template, request *Request) Response {
	v, err := e.fill(t, request, namesReadBy(request.Expr))
	if err != nil {
		return unusable(err)
	}
	response := e.script(v, request.Expr)
	if len(response.Problems) == 0 {
		return response
	}
	again := newStyle(request.Expr)
	if again == nil {
		return response
	}
	second := exportValue(e.ctx.BuildExpr(again, cue.Scope(v), cue.InferBuiltins(true)))
	if len(second.Problems) > 0 {
		return response
	}
	return second
}

// newStyle rewrites an expression to look under $returns, nil when it cannot be meant that way.
func newStyle(text string) ast.Expr {
	expr, err := parser.ParseExpr(exprSource, text)
	if err != nil {
		return nil
	}
	namesReturns, namesOutput := false, false
	rewritten := astutil.Apply(expr, nil, func(c astutil.Cursor) bool {
		switch x := c.Node().(type) {
		case *ast.Ident:
			namesReturns = namesReturns || x.Name == "$returns"
		case *ast.SelectorExpr:
			if root, ok := x.X.(*ast.Ident); ok && root.Name == "output" {
				namesOutput = true
				x.X = &ast.SelectorExpr{X: root, Sel: ast.NewIdent("$returns")}
			}
		}
		return true
	})
	switch {
	case namesReturns:
		return nil
	case namesOutput:
		return rewritten.(ast.Expr)
	case isPath(expr):
		return &ast.SelectorExpr{X: expr, Sel: ast.NewIdent("$returns")}
	}
	return nil
}

func isPath(expr ast.Expr) bool {
	switch x := expr.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPath(x.X)
	case *ast.IndexExpr:
		return isPath(x.X)
	}
	return false
}
