package engine

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/internal/core/adt"
	coreexport "cuelang.org/go/internal/core/export"
	"cuelang.org/go/internal/value"
)

// fieldsOf are the regular, optional and required fields of a struct in no order: sorting them, as Fields does, costs more than
// most looks at them.
func fieldsOf(v cue.Value) map[string]*adt.Vertex {
	found := map[string]*adt.Vertex{}
	v, _ = v.Default()
	runtime, vertex := value.ToInternal(v)
	if vertex == nil {
		return found
	}
	for _, arc := range vertex.DerefValue().Arcs {
		if arc.Label.IsString() && arc.ArcType != adt.ArcNotPresent {
			found[arc.Label.StringValue(runtime)] = arc
		}
	}
	return found
}

func fieldNames(v cue.Value) names {
	found := names{}
	for name := range fieldsOf(v) {
		found[name] = true
	}
	return found
}

func hasAttribute(field *adt.Vertex, name string) bool {
	for _, attribute := range coreexport.ExtractFieldAttrs(field) {
		if key, _ := attribute.Split(); key == name {
			return true
		}
	}
	return false
}
