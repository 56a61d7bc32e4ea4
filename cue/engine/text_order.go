package engine

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

/*
Ops run in the order of the text. CUE sorts the fields of a struct so that those of an `if` or a `for` come before what
stands above it: an approval would be asked for after what it is to approve.
*/
type textOrder struct {
	// By label, growing through the whole text.
	rank map[string]int
	// Of the first computed label, and of all that have no rank of their own; 0 where there is none.
	computed int
	// Labels that stand in an `if` or a `for` alone; computed ones are "".
	conditional map[string]bool
	inner       map[string]*textOrder
}

func newTextOrder() *textOrder {
	return &textOrder{rank: map[string]int{}, conditional: map[string]bool{}, inner: map[string]*textOrder{}}
}

func textOrderOf(file *ast.File) *textOrder {
	order, position := newTextOrder(), 0
	order.addAll(file.Decls, false, &position)
	return order
}

func (o *textOrder) addAll(declarations []ast.Decl, isConditional bool, position *int) {
	for _, declaration := range declarations {
		switch d := declaration.(type) {
		case *ast.Field:
			*position++
			o.addField(d, isConditional, position)
		case *ast.Comprehension:
			o.addExpr(d.Value, true, position)
		case *ast.EmbedDecl:
			o.addExpr(d.Expr, isConditional, position)
		}
	}
}

func (o *textOrder) addField(field *ast.Field, isConditional bool, position *int) {
	label := field.Label
	if alias, ok := label.(*ast.Alias); ok {
		label, _ = alias.Expr.(ast.Label)
	}
	if _, isPattern := label.(*ast.ListLit); isPattern || label == nil {
		return
	}
	name, _, err := ast.LabelName(label)
	if err != nil {
		if o.computed == 0 {
			o.computed, o.conditional[""] = *position, true
		}
		o.conditional[""] = o.conditional[""] && isConditional
		return
	}
	if o.rank[name] == 0 {
		o.rank[name] = *position
		o.conditional[name] = isConditional
		o.inner[name] = newTextOrder()
	}
	o.conditional[name] = o.conditional[name] && isConditional
	o.inner[name].addExpr(field.Value, false, position)
}

// addExpr: what a reference stands for has no place here.
func (o *textOrder) addExpr(expr ast.Expr, isConditional bool, position *int) {
	switch x := expr.(type) {
	case *ast.StructLit:
		o.addAll(x.Elts, isConditional, position)
	case *ast.ParenExpr:
		o.addExpr(x.X, isConditional, position)
	case *ast.UnaryExpr:
		o.addExpr(x.X, isConditional, position)
	case *ast.BinaryExpr:
		if x.Op == token.AND || x.Op == token.OR {
			o.addExpr(x.X, isConditional, position)
			o.addExpr(x.Y, isConditional, position)
		}
	}
}

// rankOf is 0 for a field that the text does not spell.
func (o *textOrder) rankOf(label string) int {
	if o == nil {
		return 0
	}
	if rank := o.rank[label]; rank != 0 {
		return rank
	}
	return o.computed
}

// below is the order inside of a field; nil where the text says nothing about it.
func (o *textOrder) below(label string) *textOrder {
	if o == nil {
		return nil
	}
	return o.inner[label]
}

func (o *textOrder) isConditional(label string) bool {
	if o == nil {
		return false
	}
	if o.rank[label] == 0 {
		label = ""
	}
	return o.conditional[label]
}
