package engine

import (
	"sort"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
)

var (
	doPath       = cue.ParsePath("#do")
	providerPath = cue.ParsePath("#provider")
	paramsPath   = cue.ParsePath("$params")
)

// Text nests at most maxNesting deep, so ops do too.
const maxDepth = 2 * maxNesting

// search walks a value for its ops.
type search struct {
	engine *engine
	// In the order they are to run: depth first. An op inside an op is part of it.
	ops []cue.Value
	// References to definitions that do not exist. CUE waits for them as for any field of an open struct, but no data
	// ever brings a definition: an op of a misspelt name would be passed over in silence.
	lost []Problem
	// Paths of the ops that stand in an `if` or a `for`.
	conditional map[string]bool
}

func (e *engine) search(v cue.Value, order *textOrder) *search {
	s := &search{engine: e, conditional: map[string]bool{}}
	s.walk(v, 0, order, false)
	return s
}

func (s *search) walk(v cue.Value, depth int, order *textOrder, isConditional bool) {
	if depth > maxDepth || isScalar(v) {
		return
	}
	if v.IncompleteKind() == cue.ListKind {
		for items, err := v.List(); err == nil && items.Next(); {
			s.walk(items.Value(), depth+1, nil, isConditional)
		}
		return
	}
	if s.engine.isOp(v) {
		s.ops = append(s.ops, v)
		if isConditional {
			s.conditional[v.Path().String()] = true
		}
		return
	}
	if err := v.Err(); err != nil && v.Validate() == nil && strings.Contains(err.Error(), "undefined field: #") {
		s.lost = append(s.lost, problems("evaluation", err)...)
	}
	for _, child := range orderedFields(v, depth, order) {
		s.walk(child.value, depth+1, order.below(child.label), isConditional || order.isConditional(child.label))
	}
}

func isScalar(v cue.Value) bool {
	switch v.Kind() {
	case cue.StringKind, cue.IntKind, cue.FloatKind, cue.BoolKind, cue.NullKind, cue.BytesKind:
		return true
	}
	return false
}

// isOp accepts #do only from a step type or a package: a definition that came with data would be an order from outside.
func (e *engine) isOp(v cue.Value) bool {
	do := v.LookupPath(doPath)
	text, err := do.String()
	return err == nil && text != "" && e.isTrusted(do.Pos().Filename())
}

type child struct {
	value cue.Value
	label string
	step  int
	rank  int
}

// orderedFields lists @step(n) fields by n, then the others in the order of the text. Where a struct has fields that the text does
// not spell, they stay as CUE has them. A struct that is in error or incomplete has fields too: its kind says nothing, so it is not
// asked.
func orderedFields(v cue.Value, depth int, order *textOrder) []child {
	children, isSpelt := []child{}, true
	for fields, err := v.Fields(cue.Hidden(true)); err == nil && fields.Next(); {
		s := fields.Selector()
		// A struct in error lists its definitions too.
		if kind := s.LabelType(); kind != cue.StringLabel && kind != cue.HiddenLabel {
			continue
		}
		if name := s.String(); depth == 0 && (name == "parameter" || name == "context") {
			continue
		}
		label := labelText(s)
		rank := order.rankOf(label)
		isSpelt = isSpelt && rank != 0
		children = append(children, child{fields.Value(), label, stepRank(fields.Value()), rank})
	}
	sort.SliceStable(children, func(a, b int) bool {
		x, y := children[a], children[b]
		if x.step != y.step || !isSpelt {
			return x.step < y.step
		}
		return x.rank < y.rank
	})
	return children
}

func stepRank(v cue.Value) int {
	attribute := v.Attribute("step")
	if n, err := strconv.Atoi(strings.TrimSpace(attribute.Contents())); err == nil {
		return n
	}
	return 1 << 30
}
