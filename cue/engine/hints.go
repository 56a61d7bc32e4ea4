package engine

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// withHints explains the errors that come of `status.my-step.failed`, which CUE reads as a subtraction.
func withHints(text string, found []Problem) []Problem {
	for i, p := range found {
		if p.Hint == "" && strings.HasPrefix(p.Message, "reference ") {
			found[i].Hint = hyphenHint(text)
		}
	}
	return found
}

func withHintsIn(text string, response Response) Response {
	response.Problems = withHints(text, response.Problems)
	return response
}

func hyphenHint(text string) string {
	expr, err := parser.ParseExpr(exprSource, text)
	if err != nil {
		return ""
	}
	if _, meant := hyphenated(expr); meant != "" {
		return "a name with a hyphen needs quotes: " + meant
	}
	return ""
}

// hyphenated finds `a.b-c.d` written without blanks: the subtraction, and what was probably meant, `a["b-c"].d`.
func hyphenated(root ast.Node) (where *ast.BinaryExpr, meant string) {
	ast.Walk(root, func(n ast.Node) bool {
		binary, ok := n.(*ast.BinaryExpr)
		if !ok || meant != "" {
			return meant == ""
		}
		if chain := joined(binary); len(chain) > 1 {
			where, meant = binary, chainText(chain)
		}
		return meant == ""
	}, nil)
	return where, meant
}

// joined is the chain that an unspaced subtraction of two chains spells, nil when it is none.
func joined(expr ast.Expr) []string {
	binary, ok := expr.(*ast.BinaryExpr)
	if !ok {
		return chainOf(expr)
	}
	if binary.Op != token.SUB || binary.X.End().Offset() != binary.OpPos.Offset() ||
		binary.OpPos.Offset()+1 != binary.Y.Pos().Offset() {
		return nil
	}
	left, right := joined(binary.X), chainOf(binary.Y)
	if len(left) < 2 || len(right) == 0 {
		return nil
	}
	last := len(left) - 1
	return append(append(left[:last:last], left[last]+"-"+right[0]), right[1:]...)
}

// chainOf is the names of `a.b.c`, nil for anything else.
func chainOf(expr ast.Expr) []string {
	switch x := expr.(type) {
	case *ast.Ident:
		return []string{x.Name}
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(x.Sel)
		if parent := chainOf(x.X); err == nil && parent != nil {
			return append(parent, name)
		}
	}
	return nil
}

func chainText(chain []string) string {
	var text strings.Builder
	text.WriteString(chain[0])
	for _, name := range chain[1:] {
		if strings.Contains(name, "-") {
			fmt.Fprintf(&text, "[%q]", name)
		} else {
			text.WriteString("." + name)
		}
	}
	return text.String()
}
