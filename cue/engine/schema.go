package engine

import (
	"bytes"
	"encoding/json"

	"cuelang.org/go/cue"
)

// Recursive definitions end here; beyond it anything is accepted.
const maxSchemaDepth = 24

// parameterSchema describes a parameter as JSON Schema (draft 2020-12).
func parameterSchema(v cue.Value) json.RawMessage {
	text, err := json.Marshal(schemaOf(v, 0))
	if err != nil {
		return json.RawMessage("{}")
	}
	return text
}

// schema keeps its keywords in the order they were set, so that documents made of it read as the source does.
type schema struct {
	names  []string
	values map[string]any
}

func newSchema() *schema { return &schema{values: map[string]any{}} }

func (s *schema) set(name string, value any) {
	if _, known := s.values[name]; !known {
		s.names = append(s.names, name)
	}
	s.values[name] = value
}

func (s *schema) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, name := range s.names {
		if i > 0 {
			out.WriteByte(',')
		}
		key, _ := json.Marshal(name)
		value, err := json.Marshal(s.values[name])
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func schemaOf(v cue.Value, depth int) *schema {
	s := newSchema()
	if depth > maxSchemaDepth {
		return s
	}
	describeDoc(s, v)
	describeType(s, v, depth)
	if value, ok := defaultOf(v); ok {
		s.set("default", value)
	}
	return s
}

func describeType(s *schema, v cue.Value, depth int) {
	branches := disjuncts(v)
	if len(branches) > 1 {
		describeDisjunction(s, v, branches, depth)
		return
	}
	v = branches[0]
	if raw, ok := concreteScalar(v); ok {
		s.set("const", raw)
		return
	}
	kind := v.IncompleteKind()
	if name := typeName(kind); name != "" {
		s.set("type", name)
	}
	switch kind {
	case cue.StructKind:
		describeStruct(s, v, depth)
	case cue.ListKind:
		describeList(s, v, depth)
	}
	describeBounds(s, v)
}

// describeDisjunction: values alone are an enum; values beside their own type are only examples of it.
func describeDisjunction(s *schema, v cue.Value, branches []cue.Value, depth int) {
	values, types := []any{}, []cue.Value{}
	for _, branch := range branches {
		if raw, ok := concreteScalar(branch); ok {
			values = append(values, raw)
		} else if branch.Err() == nil { // `*context.name | string`: the first is not known here
			types = append(types, branch)
		}
	}
	if len(types) == 0 {
		if name := typeName(v.IncompleteKind()); name != "" {
			s.set("type", name)
		}
		s.set("enum", values)
		return
	}
	if len(types) == 1 && (len(values) == 0 || types[0].IncompleteKind() == v.IncompleteKind()) {
		describeType(s, types[0], depth+1)
		return
	}
	choices := []any{}
	for _, branch := range types {
		choices = append(choices, schemaOf(branch, depth+1))
	}
	if len(values) > 0 {
		enum := newSchema()
		enum.set("enum", values)
		choices = append(choices, enum)
	}
	s.set("anyOf", choices)
}

func describeStruct(s *schema, v cue.Value, depth int) {
	properties, required := newSchema(), []string{}
	for _, field := range declaredFields(v) {
		properties.set(field.name, schemaOf(field.value, depth+1))
		if field.isRequired() {
			required = append(required, field.name)
		}
	}
	if len(properties.names) > 0 {
		s.set("properties", properties)
	}
	if len(required) > 0 {
		s.set("required", required)
	}
	pattern := v.LookupPath(cue.MakePath(cue.AnyString))
	switch {
	case pattern.Exists() && pattern.IncompleteKind() != cue.TopKind:
		s.set("additionalProperties", schemaOf(pattern, depth+1))
	case !pattern.Exists() && !v.Allows(cue.Str("a name that no step type has")):
		s.set("additionalProperties", false)
	}
}

func describeList(s *schema, v cue.Value, depth int) {
	fixed := []any{}
	for items, err := v.List(); err == nil && items.Next(); {
		fixed = append(fixed, schemaOf(items.Value(), depth+1))
	}
	if len(fixed) > 0 {
		s.set("prefixItems", fixed)
		s.set("minItems", len(fixed))
	}
	if item := v.LookupPath(cue.MakePath(cue.AnyIndex)); item.Exists() {
		if item.IncompleteKind() != cue.TopKind {
			s.set("items", schemaOf(item, depth+1))
		}
	} else if len(fixed) > 0 {
		s.set("items", false)
	}
}

// defaultOf is the value a field takes when it is not given, structs excepted: they have defaults field by field.
func defaultOf(v cue.Value) (json.RawMessage, bool) {
	value, ok := v.Default()
	if !ok || value.IncompleteKind() == cue.StructKind || value.Validate(cue.Concrete(true)) != nil {
		return nil, false
	}
	raw, err := value.MarshalJSON()
	if err != nil || (value.IncompleteKind() == cue.ListKind && string(raw) == "[]" && len(disjuncts(v)) < 2) {
		return nil, false // every open list is [] by default
	}
	return raw, true
}

// typeName is the JSON Schema type of a kind, "" when there are several.
func typeName(kind cue.Kind) string {
	switch kind {
	case cue.StringKind, cue.BytesKind:
		return "string"
	case cue.IntKind:
		return "integer"
	case cue.FloatKind, cue.NumberKind:
		return "number"
	case cue.BoolKind:
		return "boolean"
	case cue.NullKind:
		return "null"
	case cue.StructKind:
		return "object"
	case cue.ListKind:
		return "array"
	}
	return ""
}
