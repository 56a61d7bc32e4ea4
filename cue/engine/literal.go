package engine

import (
	"encoding/json"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	cuejson "cuelang.org/go/encoding/json"
)

// literal turns JSON into CUE. Extract unquotes keys that look like identifiers, which would make the JSON key "#do" a
// definition, so that data could pose as an op: every key is quoted again.
func literal(name string, raw json.RawMessage) (ast.Expr, error) {
	expr, err := cuejson.Extract(name, raw)
	if err != nil {
		return nil, err
	}
	ast.Walk(expr, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok {
			if name, ok := field.Label.(*ast.Ident); ok {
				field.Label = ast.NewString(name.Name)
			}
		}
		return true
	}, nil)
	return expr, nil
}

// at wraps a value in structs and lists so that it stands at a path.
func at(path cue.Path, expr ast.Expr) ast.Expr {
	selectors := path.Selectors()
	for i := len(selectors) - 1; i >= 0; i-- {
		expr = nest(selectors[i], expr)
	}
	return expr
}

func nest(s cue.Selector, expr ast.Expr) ast.Expr {
	if s.LabelType() == cue.IndexLabel {
		list := &ast.ListLit{}
		for i := 0; i < s.Index(); i++ {
			list.Elts = append(list.Elts, ast.NewIdent("_"))
		}
		list.Elts = append(list.Elts, expr, &ast.Ellipsis{})
		return list
	}
	var label ast.Label = ast.NewIdent(s.String())
	if s.LabelType() == cue.StringLabel {
		label = ast.NewString(s.Unquoted())
	}
	return &ast.StructLit{Elts: []ast.Decl{&ast.Field{Label: label, Value: expr}}}
}
