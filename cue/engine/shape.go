package engine

import (
	"encoding/json"
	"strings"

	"cuelang.org/go/cue"
)

// field is a declared field of a struct.
type field struct {
	name       string
	value      cue.Value
	constraint cue.SelectorType
}

// declaredFields lists the regular, optional and required fields of a struct; those of patterns and definitions are not.
func declaredFields(v cue.Value) []field {
	fields := []field{}
	for iter, err := v.Fields(cue.Optional(true)); err == nil && iter.Next(); {
		s := iter.Selector()
		if s.LabelType() == cue.StringLabel {
			fields = append(fields, field{s.Unquoted(), iter.Value(), s.ConstraintType()})
		}
	}
	return fields
}

// isRequired: without it the parameter cannot be complete. A default that comes of the context counts as one.
func (f field) isRequired() bool {
	switch f.constraint {
	case cue.OptionalConstraint:
		return false
	case cue.RequiredConstraint:
		return true
	}
	return !isComplete(f.value)
}

func isComplete(v cue.Value) bool {
	if v.Validate(cue.Concrete(true)) == nil || (v.Err() != nil && v.Validate() == nil) {
		return true
	}
	branches := disjuncts(v)
	for _, branch := range branches {
		if len(branches) > 1 && branch.Err() != nil {
			return true
		}
	}
	if len(branches) == 1 && v.IncompleteKind() == cue.StructKind {
		for _, inner := range declaredFields(v) {
			if inner.isRequired() {
				return false
			}
		}
		return true
	}
	return false
}

// disjuncts are the branches of `a | b`, or the value itself without its default.
func disjuncts(v cue.Value) []cue.Value {
	operator, args := v.Expr()
	if operator == cue.OrOp {
		branches := []cue.Value{}
		for _, arg := range args {
			branches = append(branches, disjuncts(arg)...)
		}
		return branches
	}
	// `*1 | int` reads as `int` with a default: the mark has swallowed the branch.
	if _, hasDefault := v.Default(); operator == cue.NoOp && hasDefault && len(args) == 1 {
		if v.IncompleteKind() == cue.ListKind { // an open list has itself as its argument, and [] as its default
			return args
		}
		return disjuncts(args[0])
	}
	return []cue.Value{v}
}

func concreteScalar(v cue.Value) (json.RawMessage, bool) {
	if !isScalar(v) {
		return nil, false
	}
	raw, err := v.MarshalJSON()
	return raw, err == nil
}

// describeDoc takes the text from `+usage=`, or else from the plain lines of the comment. `+short=c` names the parameter by
// a letter, `+ignore` keeps it out of what is shown, `+sensitive` masks it.
func describeDoc(s *schema, v cue.Value) {
	usage, plain := []string{}, []string{}
	for _, group := range v.Doc() {
		for _, line := range strings.Split(group.Text(), "\n") {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "+usage="):
				usage = append(usage, strings.TrimPrefix(line, "+usage="))
			case strings.HasPrefix(line, "+short="):
				s.set("short", strings.TrimPrefix(line, "+short="))
			case line == "+ignore":
				s.set("ignore", true)
			case line == "+sensitive":
				s.set("sensitive", true)
			case line != "" && !strings.HasPrefix(line, "+"):
				plain = append(plain, line)
			}
		}
	}
	if len(usage) == 0 {
		usage = plain
	}
	if len(usage) > 0 {
		s.set("description", strings.Join(usage, " "))
	}
}
