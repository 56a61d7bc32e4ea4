package engine

import "cuelang.org/go/cue"

// isDeclared says that a schema knows every field of a value that fits it. The rules are those of checker.check.
func isDeclared(schema cue.Value, given any) bool {
	switch value := given.(type) {
	case map[string]any:
		if branch, isOne := onlyBranch(schema); isOne && branch.IncompleteKind() == cue.StructKind {
			return declaresFields(branch, value)
		}
	case []any:
		if branch, isOne := onlyBranch(schema); isOne {
			item := branch.LookupPath(cue.MakePath(cue.AnyIndex))
			for _, each := range value {
				if item.Exists() && !isDeclared(item, each) {
					return false
				}
			}
		}
	}
	return true
}

func onlyBranch(schema cue.Value) (cue.Value, bool) {
	branches := disjuncts(schema)
	return branches[0], len(branches) == 1
}

func declaresFields(schema cue.Value, given map[string]any) bool {
	declared := fieldNames(schema)
	pattern := schema.LookupPath(cue.MakePath(cue.AnyString))
	for name, value := range given {
		field := pattern
		switch {
		case declared[name]:
			field = schema.LookupPath(cue.MakePath(cue.Str(name).Optional()))
		case pattern.Exists():
		case len(declared) > 0: // `{}` means anything
			return false
		}
		if !isDeclared(field, value) {
			return false
		}
	}
	return true
}
