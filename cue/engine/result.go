package engine

import (
	"encoding/json"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// resultSchema describes, as JSON Schema, what a `valueFrom` may read of a template. It follows the text, not the value:
// what stands under a condition is there only with results, but a name that no text declares never is.
func (e *engine) resultSchema(t *template) json.RawMessage {
	r := &resultReader{engine: e, conditional: e.conditionalNames()}
	names := &declaredNames{exprs: map[string][]ast.Expr{}}
	names.read(t.file.Decls)
	s := r.structSchema(names, t.value, 0)
	text, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage("{}")
	}
	return text
}

// declaredNames are the fields that the text of a struct names.
type declaredNames struct {
	order []string
	exprs map[string][]ast.Expr
	// It may have others: a computed label, an embedded value, `...`.
	isOpen bool
}

func (d *declaredNames) add(name string, value ast.Expr) {
	if _, known := d.exprs[name]; !known {
		d.order = append(d.order, name)
	}
	d.exprs[name] = append(d.exprs[name], value)
}

func (d *declaredNames) read(decls []ast.Decl) {
	for _, decl := range decls {
		switch decl := decl.(type) {
		case *ast.Field:
			label := decl.Label
			if alias, ok := label.(*ast.Alias); ok {
				label, _ = alias.Expr.(ast.Label)
			}
			if name, _, err := ast.LabelName(label); label != nil && err == nil {
				d.add(name, decl.Value)
			} else {
				d.isOpen = true
			}
		case *ast.EmbedDecl:
			d.embed(decl.Expr)
		case *ast.Comprehension:
			d.embed(decl.Value)
		case *ast.LetClause:
			d.add(decl.Ident.Name, nil)
		case *ast.Attribute, *ast.CommentGroup, *ast.ImportDecl, *ast.Package:
		default:
			d.isOpen = true
		}
	}
}

func (d *declaredNames) embed(value ast.Expr) {
	if inner, ok := value.(*ast.StructLit); ok {
		d.read(inner.Elts)
	} else {
		d.isOpen = true
	}
}

type resultReader struct {
	engine *engine
	// Fields that packages of the host declare under a condition.
	conditional map[string]bool
}

func (r *resultReader) structSchema(names *declaredNames, v cue.Value, depth int) *schema {
	s, properties := newSchema(), newSchema()
	s.set("type", "object")
	for _, name := range names.order {
		if depth == 0 && (name == "parameter" || name == "context") {
			continue
		}
		properties.set(name, r.valueSchema(name, names.exprs[name], v.LookupPath(cue.MakePath(selectorOf(name))), depth+1))
	}
	s.set("properties", properties)
	if !names.isOpen {
		s.set("additionalProperties", false)
	}
	return s
}

func selectorOf(name string) cue.Selector {
	switch {
	case strings.HasPrefix(name, "#"):
		return cue.Def(name)
	case strings.HasPrefix(name, "_"):
		return cue.Hid(name, "_")
	}
	return cue.Str(name)
}

// valueSchema says nothing of a value that is computed: it comes of parameters and results.
func (r *resultReader) valueSchema(name string, exprs []ast.Expr, v cue.Value, depth int) *schema {
	operands := []ast.Expr{}
	for _, expr := range exprs {
		operands = append(operands, conjuncts(expr)...)
	}
	inner := &declaredNames{exprs: map[string][]ast.Expr{}}
	isStruct, isOp := false, false
	s := newSchema()
	for _, operand := range operands {
		switch operand := operand.(type) {
		case *ast.StructLit:
			isStruct = true
			inner.read(operand.Elts)
		case *ast.SelectorExpr:
			member := r.memberOf(operand)
			switch {
			case member.LookupPath(doPath).Exists():
				isOp = true
			case member.IncompleteKind() != cue.StructKind || len(declaredFields(member)) > 0:
				return s
			}
		default:
			if kind := writtenType(operand); kind != "" {
				s.set("type", kind)
			} else if depth > maxSchemaDepth || !isBound(operand) {
				return newSchema()
			}
		}
	}
	switch {
	case isOp:
		return r.opSchema(name, inner, v)
	case isStruct && depth <= maxSchemaDepth:
		// Of an op that the template spells itself nobody says what results it has.
		inner.isOpen = inner.isOpen || inner.exprs["#do"] != nil
		return r.structSchema(inner, v, depth)
	}
	return s
}

// conjuncts are the operands of `a & b`; nil is one whose value is not known.
func conjuncts(expr ast.Expr) []ast.Expr {
	switch x := expr.(type) {
	case *ast.ParenExpr:
		return conjuncts(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.AND {
			return append(conjuncts(x.X), conjuncts(x.Y)...)
		}
	}
	return []ast.Expr{expr}
}

// memberOf is what a selector names in a package of the host; no value for any other selector.
func (r *resultReader) memberOf(selector *ast.SelectorExpr) cue.Value {
	ident, ok := selector.X.(*ast.Ident)
	if !ok || !r.engine.isHost(ident) {
		return cue.Value{}
	}
	members, err := r.engine.packageMembers(importedPath(ident))
	if err != nil {
		return cue.Value{}
	}
	name, _, _ := ast.LabelName(selector.Sel)
	return members[name]
}

// writtenType is the JSON type of a type or a literal that is written out.
func writtenType(expr ast.Expr) string {
	switch x := expr.(type) {
	case *ast.Ident:
		switch x.Name {
		case "string":
			return "string"
		case "bool":
			return "boolean"
		case "int":
			return "integer"
		}
	case *ast.BasicLit:
		switch x.Kind {
		case token.STRING:
			return textType(x.Value)
		case token.INT:
			return "integer"
		case token.TRUE, token.FALSE:
			return "boolean"
		}
	case *ast.Interpolation:
		if first, ok := x.Elts[0].(*ast.BasicLit); ok {
			return textType(first.Value)
		}
	}
	return ""
}

// textType: single quotes are bytes.
func textType(literal string) string {
	if strings.HasPrefix(strings.TrimLeft(literal, "#"), `"`) {
		return "string"
	}
	return ""
}

// isBound: `!=""` limits a value and does not change what it is.
func isBound(expr ast.Expr) bool {
	unary, ok := expr.(*ast.UnaryExpr)
	return ok && unary.Op != token.MUL
}

// opSchema: an op is open for its results, but its package declares them all.
func (r *resultReader) opSchema(name string, inner *declaredNames, v cue.Value) *schema {
	s, properties := newSchema(), newSchema()
	s.set("type", "object")
	for _, field := range declaredFields(v) {
		properties.set(field.name, newSchema())
		if field.name == "$returns" {
			properties.set(field.name, r.returnsSchema(field.value))
			if name == "output" { // as KubeVela reads `output.x` of the new style
				for _, result := range declaredFields(field.value) {
					properties.set(result.name, newSchema())
				}
			}
		}
	}
	for _, given := range append(slices.Clone(inner.order), sortedKeys(r.conditional)...) {
		if _, known := properties.values[given]; !known {
			properties.set(given, newSchema())
		}
	}
	s.set("properties", properties)
	if v.Exists() && !inner.isOpen {
		s.set("additionalProperties", false)
	}
	return s
}

func (r *resultReader) returnsSchema(v cue.Value) *schema {
	s, properties := newSchema(), newSchema()
	s.set("type", "object")
	fields := declaredFields(v)
	for _, field := range fields {
		properties.set(field.name, newSchema())
	}
	s.set("properties", properties)
	if len(fields) > 0 {
		s.set("additionalProperties", false)
	}
	return s
}
