package engine

import (
	"maps"
	"slices"

	"cuelang.org/go/cue"
)

// dropConditional takes back what other fields of the parameter explain (`if type == "x" {name: string}`): a field that
// is not asked for with them, or one that is declared only with them.
func (c *checker) dropConditional(whole cue.Value, fill func(any) cue.Value, given any) {
	if len(c.found) == 0 {
		return
	}
	pruned := given
	for _, fault := range c.found {
		if fault.Code == "unknown" {
			pruned = without(pruned, fault.Path)
		}
	}
	declared := fill(pruned)
	found := c.found
	c.found = nil
	for _, fault := range found {
		path := cuePath(fault.Path)
		switch fault.Code {
		case "missing":
			parent := whole.LookupPath(cuePath(fault.Path[:len(fault.Path)-1]))
			if parent.Exists() && !whole.LookupPath(path).Exists() {
				continue
			}
		case "unknown":
			if schema := declared.LookupPath(path); schema.Exists() {
				c.check(schema, valueAt(given, fault.Path), fault.Path)
				continue
			}
		}
		c.found = append(c.found, fault)
	}
}

// without copies a JSON value and leaves one field out.
func without(value any, path []any) any {
	if items, ok := value.([]any); ok {
		kept := slices.Clone(items)
		i := path[0].(int)
		kept[i] = without(kept[i], path[1:])
		return kept
	}
	fields, name := value.(map[string]any), path[0].(string)
	kept := maps.Clone(fields)
	if len(path) == 1 {
		delete(kept, name)
	} else {
		kept[name] = without(kept[name], path[1:])
	}
	return kept
}
