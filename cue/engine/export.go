package engine

import (
	"bytes"
	"encoding/json"

	"cuelang.org/go/cue"
)

// export renders what is concrete as JSON, fields in their order, and says what is not. Definitions, hidden and optional
// fields are left out, and so is a field that only repeats an optional parameter which was not given. The text is nil
// when there is nothing to render.
func export(v cue.Value) (json.RawMessage, []Problem) {
	if raw, err := v.MarshalJSON(); err == nil {
		return raw, nil
	}
	x := exporter{}
	return x.render(v), x.missing
}

// exportParams renders the parameters of an op: all of it, save what its package marks @result().
func exportParams(v cue.Value) (json.RawMessage, []Problem) {
	x := exporter{isSkipped: isResult}
	text, _ := x.renderFields(v)
	return text, x.missing
}

func isResult(field cue.Value) bool {
	mark := field.Attribute("result")
	return mark.Err() == nil
}

type exporter struct {
	missing   []Problem
	isSkipped func(field cue.Value) bool
}

func (x *exporter) render(v cue.Value) json.RawMessage {
	v, _ = v.Default()
	if v.IncompleteKind() == cue.ListKind && v.Err() == nil {
		return x.renderList(v)
	}
	// A struct in error or with an undecided `if` has fields too: its kind says nothing yet.
	fields, count := x.renderFields(v)
	if count > 0 || v.IncompleteKind() == cue.StructKind {
		return fields
	}
	raw, err := v.MarshalJSON()
	if err == nil {
		return raw
	}
	x.miss(v, err)
	return nil
}

func (x *exporter) renderList(v cue.Value) json.RawMessage {
	items := [][]byte{}
	for list, err := v.List(); err == nil && list.Next(); {
		items = append(items, x.render(list.Value()))
	}
	return enclose('[', items, ']')
}

func (x *exporter) renderFields(v cue.Value) (text json.RawMessage, count int) {
	fields := [][]byte{}
	for iter, err := v.Fields(cue.Optional(true)); err == nil && iter.Next(); {
		s := iter.Selector()
		switch {
		case s.LabelType() != cue.StringLabel: // a struct in error lists its definitions too
			continue
		case s.ConstraintType() == cue.OptionalConstraint:
			continue
		}
		count++
		if s.ConstraintType() == cue.RequiredConstraint {
			path := iter.Value().Path().String()
			x.missing = append(x.missing, Problem{Kind: "incomplete", Message: path + ": the field is required but not given", Path: path})
			continue
		}
		if isAbsent(iter.Value()) || (x.isSkipped != nil && x.isSkipped(iter.Value())) {
			continue
		}
		if value := x.render(iter.Value()); value != nil {
			name, _ := json.Marshal(s.Unquoted())
			fields = append(fields, append(append(name, ':'), value...))
		}
	}
	return enclose('{', fields, '}'), count
}

// miss says why a value cannot be rendered: an error, or that only its type is known.
func (x *exporter) miss(v cue.Value, err error) {
	path := v.Path().String()
	kind, cause := "incomplete", v.Err()
	switch {
	case v.Validate() != nil:
		kind, cause = "evaluation", v.Validate()
	case cause == nil:
		cause = conjunctError(v)
	}
	if cause == nil && v.IncompleteKind() != cue.BottomKind {
		text := "has no value yet"
		if wanted := constraintText(v); wanted != "" {
			text += ", only its type: " + wanted
		}
		x.missing = append(x.missing, Problem{Kind: kind, Message: path + ": " + text, Path: path, At: authorPlaceOf(v.Pos())})
		return
	}
	if cause == nil {
		cause = err
	}
	for _, p := range problems(kind, cause) {
		p.Path = path
		x.missing = append(x.missing, p)
	}
}

// conjunctError is what keeps a value open that has a type: a reference to something that is not there yet.
func conjunctError(v cue.Value) error {
	if operator, conjuncts := v.Expr(); operator == cue.AndOp {
		for _, conjunct := range conjuncts {
			if err := conjunct.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func enclose(open byte, parts [][]byte, end byte) json.RawMessage {
	var text bytes.Buffer
	text.WriteByte(open)
	text.Write(bytes.Join(parts, []byte{','}))
	text.WriteByte(end)
	return text.Bytes()
}

// isAbsent: the value is a reference to an optional field of the parameter that was not given, and nothing more.
// The message alone does not tell: a result that is not there yet reads the same.
func isAbsent(v cue.Value) bool {
	if v.Err() == nil || v.Validate() != nil {
		return false
	}
	if repeatsAbsentParameter(v) {
		return true
	}
	if operator, conjuncts := v.Expr(); operator == cue.AndOp {
		for _, conjunct := range conjuncts {
			if repeatsAbsentParameter(conjunct) {
				return true
			}
		}
	}
	return false
}

// repeatsAbsentParameter: a misspelt parameter is no absent one, so the field must be declared as optional.
func repeatsAbsentParameter(v cue.Value) bool {
	at, path := v.ReferencePath()
	selectors := path.Selectors()
	if !at.Exists() || len(selectors) < 2 || selectors[0].String() != "parameter" {
		return false
	}
	for _, s := range selectors {
		inner := at.LookupPath(cue.MakePath(s))
		if !inner.Exists() {
			return s.LabelType() == cue.StringLabel && at.LookupPath(cue.MakePath(s.Optional())).Exists()
		}
		at = inner
	}
	return false
}
