package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newTestServer has the packages of the host.
func newTestServer(t *testing.T) *Server {
	t.Helper()
	files, err := filepath.Glob("../packages/*.cue")
	if err != nil || len(files) == 0 {
		t.Fatal("no packages found", err)
	}
	sources := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources["vela/"+strings.TrimSuffix(filepath.Base(file), ".cue")] = string(text)
	}
	server := NewServer()
	ask(t, server, Request{Fn: "packages", Packages: sources})
	return server
}

func ask(t *testing.T, server *Server, request Request) Response {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var response Response
	if err := json.Unmarshal(server.Serve(text), &response); err != nil {
		t.Fatal(err)
	}
	return response
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

func TestEveryPackageBuilds(t *testing.T) {
	server := newTestServer(t)
	for name := range server.sources {
		base := filepath.Base(name)
		response := ask(t, server, Request{Fn: "compile", Template: `import "` + name + `"` + "\n#x: " + base + ".#Nothing\n"})
		if len(response.Problems) != 1 || !strings.Contains(response.Problems[0].Message, "has no #Nothing") {
			t.Errorf("%s: %+v", name, response.Problems)
		}
	}
}

func TestAnswersNeedNothingOfEarlierRequests(t *testing.T) {
	template := `import "vela/op"
cm: op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "x"}}
log: op.#Log & {data: cm.value.text}
`
	request := Request{Fn: "next", Template: template, Results: []Recorded{{"cm", "inline", raw(`{"value":{"text":"hi"}}`)}}}
	used := newTestServer(t)
	for range 3 {
		for _, server := range []*Server{used, newTestServer(t)} {
			response := ask(t, server, request)
			if response.Action == nil || response.Action.Path != "log" || string(response.Action.Params) != `{"data":"hi","level":3}` {
				t.Fatalf("%+v", response)
			}
		}
		ask(t, used, Request{Fn: "eval", Expr: "1"})
	}
}

func TestPanicsAreAnsweredAndForgotten(t *testing.T) {
	server := newTestServer(t)
	ask(t, server, Request{Fn: "eval", Expr: "1"})
	server.engines[0].ctx = nil // whatever would break it
	if response := ask(t, server, Request{Fn: "eval", Expr: "1"}); len(response.Problems) != 1 || response.Problems[0].Kind != "bug" {
		t.Errorf("%+v", response)
	}
	if response := ask(t, server, Request{Fn: "eval", Expr: "1"}); string(response.Value) != "1" {
		t.Errorf("%+v", response)
	}
}

func TestCachesAreBounded(t *testing.T) {
	server := newTestServer(t)
	for i := range maxTemplates + 10 {
		ask(t, server, Request{Fn: "compile", Template: fmt.Sprint("x: ", i)})
	}
	if n := len(server.engines[0].templates); n > maxTemplates {
		t.Errorf("%d templates are kept", n)
	}
	for range maxFiles + 10 {
		ask(t, server, Request{Fn: "eval", Expr: "import \"strconv\"\nstrconv.Atoi(\"1\")"})
	}
	if n := server.engines[0].files; n > maxFiles {
		t.Errorf("%d files are kept", n)
	}
}
