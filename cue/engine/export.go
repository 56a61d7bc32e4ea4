package engine

import (
	"encoding/json"

	"cuelang.org/go/cue"
)

// export renders what is concrete (maps, slices, raw JSON) and says what is not. Definitions, hidden and optional fields
// are left out, and so is a field that only repeats an optional parameter which was not given.
func export(v cue.Value) (any, []Problem) {
	x := exporter{}
	return x.render(v), x.missing
}

type exporter struct{ missing []Problem }

func (x *exporter) render(v cue.Value) any {
	v, _ = v.Default()
	if v.IncompleteKind() == cue.ListKind {
		items := []any{}
		for list, err := v.List(); err == nil && list.Next(); {
			items = append(items, x.render(list.Value()))
		}
		if err := v.Err(); err == nil {
			return items
		}
	}
	fields, count := map[string]any{}, 0
	for iter, err := v.Fields(); err == nil && iter.Next(); count++ {
		if iter.Selector().LabelType() != cue.StringLabel {
			continue // a struct in error lists its definitions too
		}
		if isAbsent(iter.Value()) {
			continue
		}
		before := len(x.missing)
		if item := x.render(iter.Value()); item != nil || len(x.missing) == before {
			fields[iter.Selector().Unquoted()] = item
		}
	}
	if count > 0 || v.IncompleteKind() == cue.StructKind {
		return fields
	}
	raw, err := v.MarshalJSON()
	if err == nil {
		return json.RawMessage(raw)
	}
	kind := "incomplete"
	if v.Validate() != nil {
		kind = "evaluation"
	}
	for _, p := range problems(kind, err) {
		p.Path = v.Path().String()
		x.missing = append(x.missing, p)
	}
	return nil
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

func repeatsAbsentParameter(v cue.Value) bool {
	root, path := v.ReferencePath()
	selectors := path.Selectors()
	if !root.Exists() || len(selectors) < 2 || selectors[0].String() != "parameter" {
		return false
	}
	return !root.LookupPath(path).Exists()
}
