package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Deeper data would exhaust the stack of the evaluator.
const maxDataDepth = 1000

var errTooDeep = errors.New("the data nests more than 1000 levels deep")

// literal turns JSON into CUE. It is not read as CUE, which would take the JSON key "#do" for a definition, so that data
// could pose as an op, and would refuse a byte order mark inside a text: every key becomes a quoted label.
func literal(raw json.RawMessage) (ast.Expr, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return literalOf(decoder, 0)
}

func literalOf(decoder *json.Decoder, depth int) (ast.Expr, error) {
	if depth > maxDataDepth {
		return nil, errTooDeep
	}
	next, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch value := next.(type) {
	case json.Delim:
		if value == '{' {
			return structOf(decoder, depth)
		}
		return listOf(decoder, depth)
	case json.Number:
		return numberOf(value.String()), nil
	case string:
		return ast.NewString(value), nil
	case bool:
		return ast.NewBool(value), nil
	}
	return ast.NewNull(), nil
}

func structOf(decoder *json.Decoder, depth int) (ast.Expr, error) {
	fields := &ast.StructLit{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := literalOf(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		fields.Elts = append(fields.Elts, &ast.Field{Label: ast.NewString(name.(string)), Value: value})
	}
	_, err := decoder.Token()
	return fields, err
}

func listOf(decoder *json.Decoder, depth int) (ast.Expr, error) {
	items := &ast.ListLit{}
	for decoder.More() {
		item, err := literalOf(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		items.Elts = append(items.Elts, item)
	}
	_, err := decoder.Token()
	return items, err
}

func numberOf(text string) ast.Expr {
	if digits, isNegative := strings.CutPrefix(text, "-"); isNegative {
		return &ast.UnaryExpr{Op: token.SUB, X: numberOf(digits)}
	}
	if strings.ContainsAny(text, ".eE") {
		return ast.NewLit(token.FLOAT, text)
	}
	return ast.NewLit(token.INT, text)
}

// unusable says why data could not be taken.
func unusable(err error) Response {
	if errors.Is(err, errTooDeep) || strings.Contains(err.Error(), "exceeded max depth") {
		return Response{Problems: []Problem{{Kind: "runaway", Message: errTooDeep.Error()}}}
	}
	return bug(err.Error())
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
