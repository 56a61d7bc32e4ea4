package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const mysql = `package mysql

import "strings"

#ListTables: {
	#do:       "list-tables"
	#provider: "mysql"
	$params: {
		conn: string
		db:   strings.MinRunes(1)
	}
	$returns?: [...{name: string}]
}
`

func table(t *testing.T, packages ...UserPackage) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(packages)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func userPackage(path string, texts ...string) UserPackage {
	p := UserPackage{Path: path}
	for i, text := range texts {
		p.Files = append(p.Files, UserFile{Name: fmt.Sprint(i, ".cue"), Text: text})
	}
	return p
}

func TestTemplatesCallUserPackages(t *testing.T) {
	template := `import "ext/db/mysql"
list: mysql.#ListTables & {$params: {conn: "c", db: parameter.db}}
first: list.$returns[0].name
parameter: db: string
`
	server := newTestServer(t)
	imports := table(t, userPackage("ext/db/mysql", mysql))
	request := Request{Fn: "next", Template: template, Imports: imports, Parameter: raw(`{"db":"d"}`)}
	action := ask(t, server, request).Action
	if action == nil || action.Do != "list-tables" || action.Provider != "mysql" || action.Style != "returns" || string(action.Params) != `{"conn":"c","db":"d"}` {
		t.Fatalf("%+v", action)
	}
	request.Results = []Recorded{{"list", "returns", raw(`[{"name":"a"}]`)}}
	if response := ask(t, server, request); !response.Done {
		t.Fatalf("%+v", response)
	}
	request.Fn, request.Expr = "value", "first"
	if response := ask(t, server, request); string(response.Value) != `"a"` {
		t.Fatalf("%+v", response)
	}
}

func TestEachTableHasItsOwnPackages(t *testing.T) {
	server := newTestServer(t)
	template := `import "ext/x"
a: x.#F & {$params: {}}
`
	for round := range 2 * maxTables {
		for version := range maxTables + 2 {
			text := fmt.Sprintf(`package x
#F: {#do: "v%d", #provider: "x", $params: {...}}
`, version)
			response := ask(t, server, Request{Fn: "next", Template: template, Imports: table(t, userPackage("ext/x", text))})
			if response.Action == nil || response.Action.Do != fmt.Sprint("v", version) {
				t.Fatalf("round %d, version %d: %+v", round, version, response)
			}
		}
	}
	if len(server.engines) > maxTables {
		t.Errorf("%d engines are kept", len(server.engines))
	}
	if response := ask(t, server, Request{Fn: "compile", Template: template}); len(response.Problems) != 1 {
		t.Errorf("without a table: %+v", response)
	}
}

func TestFaultsOfTemplatesThatUseUserPackages(t *testing.T) {
	server := newTestServer(t)
	imports := table(t, userPackage("ext/db/mysql", mysql), userPackage("ext/broken", "package broken\n#F: {a: 1 & 2}\n"))
	for _, test := range []struct{ template, message, hint, at string }{
		{`import "ext/db/mysql"` + "\nl: mysql.#ListTable & {$params: {conn: \"c\", db: \"d\"}}\n", `package "ext/db/mysql" has no #ListTable`, "did you mean mysql.#ListTables?", "2:10"},
		{`import "ext/db/mysql"` + "\nl: mysql.#ListTables & {$params: {conn: 5, db: \"d\"}}\n", "conflicting values 5 and string (mismatched types int and string)", "", "2:41"},
		{`import "ext/db/mysq"` + "\na: mysq.#A\n", `package "ext/db/mysq" not found`, `did you mean "ext/db/mysql"?`, "1:8"},
		{`import "ext/db/postgre"` + "\na: postgre.#A\n", `package "ext/db/postgre" not found`, `did you mean "ext/db/postgres"?`, "1:8"},
		{`import "ext/broken"` + "\na: broken.#F\n", `package "ext/broken" cannot be used: #F.a: conflicting values 2 and 1 (ext/broken/0.cue:2:9)`, "", "1:8"},
	} {
		response := ask(t, server, Request{Fn: "compile", Template: test.template, Imports: imports, Known: []string{"ext/db/postgres"}})
		if len(response.Problems) != 1 {
			t.Errorf("%s: %+v", test.template, response.Problems)
			continue
		}
		p := response.Problems[0]
		if at := fmt.Sprint(p.At.Line, ":", p.At.Column); !strings.Contains(p.Message, test.message) || p.Hint != test.hint || at != test.at {
			t.Errorf("%s: %s: %s (%s)", test.template, at, p.Message, p.Hint)
		}
	}
}

func TestUserPackagesAreDescribed(t *testing.T) {
	server := newTestServer(t)
	more := "package mysql\n\n#Table: {name: string}\n\n#Now: {#do: \"now\", #provider: \"mysql\"}\n"
	response := ask(t, server, Request{Fn: "package", Expr: "ext/db/mysql", Imports: table(t, userPackage("ext/db/mysql", mysql, more))})
	text, _ := json.Marshal(response)
	want := `{"ops":[{"package":"ext/db/mysql","name":"#ListTables","provider":"mysql","do":"list-tables","at":{"source":"ext/db/mysql/0.cue","line":6,"column":2},"hasParams":true},` +
		`{"package":"ext/db/mysql","name":"#Now","provider":"mysql","do":"now","at":{"source":"ext/db/mysql/1.cue","line":5,"column":8}}]}`
	if string(text) != want {
		t.Errorf("%s", text)
	}
}

func TestFaultsOfUserPackages(t *testing.T) {
	server := newTestServer(t)
	for _, test := range []struct{ path, text, message, at string }{
		{"strings", "package strings\n", "is a package of CUE itself", ""},
		{"vela/op", "package op\n", "is a package of Sluice itself", ""},
		{"ext/x", "package x\n#F: {\n", "expected '}', found 'EOF'", "2:7"},
		{"ext/x", "package x\n#F: y\n", `reference "y" not found`, "2:5"},
		{"ext/x", "package y\n", "belongs to package y", "1:1"},
		{"ext/x", "package x\nimport \"ext/z\"\n#F: z.#G\n", "and no other Package", "2:8"},
		{"ext/x", "package x\nimport \"ext/nowhere\"\n#F: nowhere.#G\n", `package "ext/nowhere" not found`, "2:8"},
		{"ext/x", "package x\nimport \"vela/op\"\n#F: op.#Lgo & {}\n", "has no #Lgo", "3:8"},
	} {
		imports := table(t, userPackage(test.path, test.text), userPackage("ext/z", "package z\n#G: 1\n"))
		response := ask(t, server, Request{Fn: "package", Expr: test.path, Imports: imports})
		if len(response.Problems) != 1 || !strings.Contains(response.Problems[0].Message, test.message) {
			t.Errorf("%s: %+v", test.text, response.Problems)
			continue
		}
		at := ""
		if p := response.Problems[0]; p.At != nil {
			at = fmt.Sprint(p.At.Line, ":", p.At.Column)
		}
		if at != test.at {
			t.Errorf("%s: at %s", test.text, at)
		}
	}
}

func TestPackagesOfTheHostAndOfCUEAreNeverReplaced(t *testing.T) {
	server := newTestServer(t)
	imports := table(t, userPackage("strings", "package strings\nToUpper: 1\n"), userPackage("vela/op", "package op\n#Log: {}\n"))
	template := "import (\n\t\"strings\"\n\t\"vela/op\"\n)\nlog: op.#Log & {data: strings.ToUpper(\"a\")}\n"
	action := ask(t, server, Request{Fn: "next", Template: template, Imports: imports}).Action
	if action == nil || string(action.Params) != `{"data":"A","level":3}` {
		t.Errorf("%+v", action)
	}
}
