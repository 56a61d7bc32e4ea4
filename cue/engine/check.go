package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"cuelang.org/go/cue"
)

// knownContext stands in for the context of a run that does not run yet: what any run has, each a text.
const knownContext = `{"name":"-","namespace":"-","workflowName":"-","publishVersion":"-","stepName":"-",` +
	`"stepSessionID":"-","stepGroupName":"-","spanID":"-"}`

// checkParameter finds all faults of a parameter at once. One validation of the whole would report in layers: an unknown
// field alone first, and conflicts hide what is missing. So the declared fields are walked one by one.
func (e *engine) checkParameter(t *template, request *Request) Response {
	if len(request.Context) == 0 || string(request.Context) == "{}" {
		request.Context = json.RawMessage(knownContext)
	}
	given, err := decode(request.Parameter)
	if err != nil {
		return unusable(err)
	}
	bare := e.parameterOf(t, request.Context, nil)
	whole := e.parameterOf(t, request.Context, given)
	if whole.Validate(cue.Concrete(true)) == nil && isDeclared(bare, given) {
		return Response{}
	}
	c := &checker{engine: e}
	c.check(bare, given, []any{})
	c.dropConditional(whole, func(pruned any) cue.Value { return e.parameterOf(t, request.Context, pruned) }, given)
	if len(c.found) == 0 {
		c.checkWhole(whole)
	}
	return Response{Parameter: c.found}
}

// parameterOf is the parameter of a template under a context, with the given fields filled in.
func (e *engine) parameterOf(t *template, context json.RawMessage, given any) cue.Value {
	if t.hasLoneParameter {
		return e.loneParameterOf(t, given)
	}
	request := Request{Context: context}
	if given != nil {
		request.Parameter, _ = json.Marshal(given)
	}
	known, _ := dataOf(&request) // both were JSON a moment ago
	return e.unify(t, known, nil, nil).LookupPath(parameterPath)
}

func (e *engine) loneParameterOf(t *template, given any) cue.Value {
	own := t.value.LookupPath(parameterPath)
	if given == nil {
		return own
	}
	raw, _ := json.Marshal(given)
	expr, _ := literal(raw) // it was JSON a moment ago
	return own.Unify(e.ctx.BuildExpr(expr))
}

func decode(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return map[string]any{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

type checker struct {
	engine *engine
	found  []Misfit
}

func (c *checker) add(path []any, code, message, suggestion string) {
	c.found = append(c.found, Misfit{append([]any{}, path...), code, message, suggestion})
}

func (c *checker) check(schema cue.Value, given any, path []any) {
	branches := disjuncts(schema)
	if len(branches) == 1 {
		switch value := given.(type) {
		case map[string]any:
			if branches[0].IncompleteKind() == cue.StructKind {
				c.checkStruct(branches[0], value, path)
				return
			}
		case []any:
			if item := branches[0].LookupPath(cue.MakePath(cue.AnyIndex)); item.Exists() {
				c.checkItems(schema, item, value, path)
				return
			}
		}
	}
	c.checkValue(schema, given, path)
}

func (c *checker) checkStruct(schema cue.Value, given map[string]any, path []any) {
	declared := map[string]bool{}
	names := []string{}
	for _, field := range declaredFields(schema) {
		declared[field.name] = true
		names = append(names, field.name)
		at := append(path, field.name)
		value, isGiven := given[field.name]
		switch {
		case isGiven:
			c.check(field.value, value, at)
		case field.isRequired():
			c.addMissing(field.value, at)
		}
	}
	pattern := schema.LookupPath(cue.MakePath(cue.AnyString))
	for _, name := range sortedKeys(given) {
		at := append(path, name)
		switch {
		case declared[name]:
		case pattern.Exists():
			c.check(pattern, given[name], at)
		case len(names) == 0: // `{}` means anything
		default:
			c.add(at, "unknown", fmt.Sprintf("there is no parameter %s", pathText(at)), suggest(name, names))
		}
	}
}

// addMissing names the fields that are missing inside rather than the struct that would hold them.
func (c *checker) addMissing(schema cue.Value, path []any) {
	if branches := disjuncts(schema); len(branches) == 1 && schema.IncompleteKind() == cue.StructKind {
		before := len(c.found)
		for _, field := range declaredFields(branches[0]) {
			if field.isRequired() {
				c.addMissing(field.value, append(path, field.name))
			}
		}
		if len(c.found) > before {
			return
		}
	}
	message := parameterName(path) + " is missing"
	if wanted := constraintText(schema); wanted != "" {
		message += "; it must be " + wanted
	}
	c.add(path, "missing", message, "")
}

func (c *checker) checkItems(schema, item cue.Value, given []any, path []any) {
	before := len(c.found)
	for i, value := range given {
		c.check(item, value, append(path, i))
	}
	if len(c.found) == before { // bounds on the list itself
		c.checkValue(schema, given, path)
	}
}

// checkValue judges a value as a whole. What was given is not repeated in the message: it may be a secret.
func (c *checker) checkValue(schema cue.Value, given any, path []any) {
	raw, err := json.Marshal(given)
	if err != nil {
		return
	}
	expr, err := literal(raw)
	if err != nil {
		return
	}
	v := schema.Unify(c.engine.ctx.BuildExpr(expr))
	if isComplete(v) && v.Validate() == nil {
		return
	}
	message := parameterName(path) + " does not fit"
	if wanted := constraintText(schema); wanted != "" {
		message = fmt.Sprintf("%s must be %s, not %s", parameterName(path), wanted, kindOf(given))
	}
	c.add(path, "invalid", message, suggestValue(schema, given))
}

// checkWhole finds what only shows with all fields together: one that depends on another.
func (c *checker) checkWhole(whole cue.Value) {
	for _, p := range problems("parameter", whole.Validate()) {
		path := pathOf(p.Path)
		c.add(path, "invalid", fmt.Sprintf("%s contradicts the others", parameterName(path)), "")
	}
	if len(c.found) > 0 {
		return
	}
	for _, field := range declaredFields(whole) {
		if field.isRequired() {
			c.addMissing(field.value, []any{field.name})
		}
	}
}

func parameterName(path []any) string {
	if len(path) == 0 {
		return "the parameter"
	}
	return "the parameter " + pathText(path)
}

func sortedKeys[V any](fields map[string]V) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
