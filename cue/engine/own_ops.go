package engine

import (
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// ownOps lists the ops that a template spells itself, `{#do: "apply", #provider: "kube", …}`, instead of taking them from
// a package.
func ownOps(file *ast.File) []OpUse {
	uses := []OpUse{}
	ast.Walk(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.StructLit)
		if !ok {
			return true
		}
		do, at := literalText(lit, "#do")
		provider, _ := literalText(lit, "#provider")
		if do != "" && provider != "" {
			uses = append(uses, OpUse{Provider: provider, Do: do, At: place(at)})
		}
		return true
	}, nil)
	return uses
}

// literalText is the text that a struct writes out for a field.
func literalText(lit *ast.StructLit, name string) (string, token.Pos) {
	for _, decl := range lit.Elts {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		label, _, err := ast.LabelName(field.Label)
		value, isLiteral := field.Value.(*ast.BasicLit)
		if err != nil || label != name || !isLiteral || value.Kind != token.STRING {
			continue
		}
		text, err := strconv.Unquote(value.Value)
		if err == nil {
			return text, value.Pos()
		}
	}
	return "", token.NoPos
}
