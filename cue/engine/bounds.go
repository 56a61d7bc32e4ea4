package engine

import (
	"encoding/json"
	"strings"

	"cuelang.org/go/cue"
)

var boundKeywords = map[cue.Op]string{
	cue.GreaterThanOp:      "exclusiveMinimum",
	cue.GreaterThanEqualOp: "minimum",
	cue.LessThanOp:         "exclusiveMaximum",
	cue.LessThanEqualOp:    "maximum",
	cue.RegexMatchOp:       "pattern",
}

var callKeywords = map[string]string{
	"strings.MinRunes": "minLength",
	"strings.MaxRunes": "maxLength",
	"list.MinItems":    "minItems",
	"list.MaxItems":    "maxItems",
	"list.UniqueItems": "uniqueItems",
	"struct.MinFields": "minProperties",
	"struct.MaxFields": "maxProperties",
	"math.MultipleOf":  "multipleOf",
}

// describeBounds adds what the conjuncts of a value say beyond its type: `>0 & <10`, `=~"^a"`, strings.MinRunes(3).
func describeBounds(s *schema, v cue.Value) {
	operator, args := v.Expr()
	switch operator {
	case cue.AndOp:
		for _, arg := range args {
			describeBounds(s, arg)
		}
	case cue.NotEqualOp, cue.NotRegexMatchOp:
		if raw, ok := lastArgument(args); ok {
			exclude(s, operator, raw)
		}
	case cue.CallOp:
		describeCall(s, args)
	default:
		if keyword := boundKeywords[operator]; keyword != "" {
			if raw, ok := lastArgument(args); ok {
				s.set(keyword, raw)
			}
		}
	}
}

func exclude(s *schema, operator cue.Op, raw json.RawMessage) {
	keyword := "const"
	if operator == cue.NotRegexMatchOp {
		keyword = "pattern"
	}
	not := newSchema()
	not.set(keyword, raw)
	rule := newSchema()
	rule.set("not", not)
	rules, _ := s.values["allOf"].([]any)
	s.set("allOf", append(rules, rule))
}

func describeCall(s *schema, args []cue.Value) {
	if len(args) == 0 {
		return
	}
	keyword := callKeywords[calledName(args[0])]
	if keyword == "" {
		return
	}
	if raw, ok := lastArgument(args[1:]); ok {
		s.set(keyword, raw)
	} else if len(args) == 1 {
		s.set(keyword, true)
	}
}

// calledName is `pkg.Function` of a call to the standard library.
func calledName(function cue.Value) string {
	operator, parts := function.Expr()
	if operator != cue.SelectorOp || len(parts) != 2 {
		return ""
	}
	name, _ := parts[1].String()
	words := strings.Fields(sourceText(parts[0]))
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1] + "." + name
}

func lastArgument(args []cue.Value) (json.RawMessage, bool) {
	if len(args) == 0 {
		return nil, false
	}
	return concreteScalar(args[len(args)-1])
}
