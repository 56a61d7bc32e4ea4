package engine

import (
	"encoding/json"
	"testing"
)

// A computed label could be that of the parameter.
const withDoubt = "\n\"\\(\"else\")where\": 1\n"

// What is judged alone is judged as with the whole template round it.
func TestALoneParameterIsJudgedAlike(t *testing.T) {
	schemas := []string{
		`parameter: {name: string, count: *1 | int, labels?: [string]: string}`,
		`parameter: close({name: string, count?: >0})`,
		"#P: {name: string, count!: int}\nparameter: #P",
		"#P: {name: string} | {count: int}\nparameter: #P & {...}",
		`parameter: {type: *"a" | "b", if type == "b" {name: string}}`,
		`parameter: {items: [...{name: string}], name?: string}`,
		`parameter: [string]: string`,
		`parameter: {}`,
		`x: 1`,
		"let names = \"a\" | \"b\"\nparameter: {name: names}",
		"parameter: name: string\nparameter: count: int",
		"parameter: {name: string}\nif 1 < 2 {\n\tlog: parameter.name\n}",
	}
	given := []string{
		`{}`, `{"name":"a"}`, `{"name":1}`, `{"name":"a","count":2}`, `{"nam":"a"}`, `{"count":-1}`,
		`{"name":"a","labels":{"a":1}}`, `{"type":"b"}`, `{"type":"b","name":"a"}`, `{"items":[{"name":"a"},{"nam":"a"}]}`,
	}
	server := newTestServer(t)
	for _, schema := range schemas {
		for _, parameter := range given {
			check := func(text string) string {
				request := Request{Fn: "check", Template: text, Parameter: raw(parameter), Context: raw("{}")}
				answer, _ := json.Marshal(ask(t, server, request))
				return string(answer)
			}
			if !server.judgesAlone(schema) || server.judgesAlone(schema+withDoubt) {
				t.Fatalf("%s is not what the test takes it for", schema)
			}
			if alone, whole := check(schema), check(schema+withDoubt); alone != whole {
				t.Errorf("%s with %s:\nalone %s\nwhole %s", schema, parameter, alone, whole)
			}
		}
	}
}

func TestWhatMayReachTheParameterIsNotLeftOut(t *testing.T) {
	server := newTestServer(t)
	for _, text := range []string{
		`parameter: {name: *context.name | string}`,
		"name: context.name\nparameter: {name: *name | string}",
		"let name = context.name\nparameter: {name: *name | string}",
		`parameter: {a: int, b: parameter.a}`,
		"P=parameter: {a: int, b: P.a}",
		"parameter: P={a: int, b: P.a}",
		"if context.name != _|_ {\n\tparameter: name: string\n}",
		"for name in [\"parameter\"] {\n\t\"\\(name)\": a: int\n}",
		"{parameter: a: int}",
		"[string]: _",
		"\"\\(\"para\")meter\": a: int",
	} {
		if server.judgesAlone(text) {
			t.Error(text)
		}
	}
}

func (s *Server) judgesAlone(text string) bool {
	e, _ := s.engineFor("")
	return e.template(text, nil).hasLoneParameter
}
