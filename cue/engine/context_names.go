package engine

import "cuelang.org/go/cue/ast"

// contextNames are the fields of its context that a text reads, in the order of the text; nil when it may read any. A context that
// the text declares itself is checked whole.
func contextNames(file *ast.File, read names) *[]string {
	if read == nil || read["self"] || declares(file, "context") {
		return nil
	}
	found, seen := []string{}, names{}
	isAny := false
	labels := map[ast.Node]bool{}
	ast.Walk(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			labels[n.Label] = true
		case *ast.Ident:
			isAny = isAny || (n.Name == "context" && !labels[n])
		case *ast.SelectorExpr, *ast.IndexExpr:
			root, segments, dynamic := flatten(n.(ast.Expr))
			if ident, ok := root.(*ast.Ident); !ok || ident.Name != "context" || len(segments) == 0 || len(dynamic) > 0 {
				labels[selectorLabel(n)] = true
				return true
			}
			if !seen[segments[0]] {
				seen[segments[0]] = true
				found = append(found, segments[0])
			}
			return false
		}
		return true
	}, nil)
	if isAny {
		return nil
	}
	return &found
}

// selectorLabel is the name in `x.name`, which is no reference.
func selectorLabel(n ast.Node) ast.Node {
	if selector, ok := n.(*ast.SelectorExpr); ok {
		return selector.Sel
	}
	return nil
}
