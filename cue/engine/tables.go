package engine

import (
	"encoding/json"
	"fmt"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/internal/core/runtime"
)

// Of tables that are in use at once: Packages of several namespaces, and of runs that keep an older one.
const maxTables = 4

// sourceFile is one text of a package.
type sourceFile struct {
	name, text string
	// Of the user, not of the host.
	isUsers bool
}

// engineFor finds the engine that knows the user's packages of `imports`, or makes it.
func (s *Server) engineFor(imports string) (*engine, []Problem) {
	if imports == "null" {
		imports = ""
	}
	if heapBytes(liveHeap) > maxHeapBytes {
		s.engines = nil
	}
	s.engines = slices.DeleteFunc(s.engines, func(e *engine) bool { return e.isFull() })
	at := slices.IndexFunc(s.engines, func(e *engine) bool { return e.imports == imports })
	if at >= 0 {
		e := s.engines[at]
		s.engines = append(slices.Delete(s.engines, at, at+1), e)
		return e, nil
	}
	e, faults := newEngine(s.sources, imports)
	if faults != nil {
		return nil, faults
	}
	if len(s.engines) == maxTables {
		s.engines = slices.Delete(s.engines, 0, 1)
	}
	s.engines = append(s.engines, e)
	return e, nil
}

func newEngine(host map[string]string, imports string) (*engine, []Problem) {
	e := &engine{
		ctx:       (*cue.Context)(runtime.New()),
		imports:   imports,
		sources:   map[string][]sourceFile{},
		trusted:   map[string]bool{},
		packages:  map[string]*build.Instance{},
		faults:    map[string][]Problem{},
		members:   map[string]map[string]cue.Value{},
		templates: map[string]*template{},
	}
	for name, text := range host {
		e.add(name, sourceFile{name: name, text: text})
	}
	users := []UserPackage{}
	if imports != "" {
		if err := json.Unmarshal([]byte(imports), &users); err != nil {
			return nil, []Problem{{Kind: "bug", Message: fmt.Sprintf("the table of packages cannot be read: %v", err)}}
		}
	}
	for _, user := range users {
		if _, isHosts := host[user.Path]; isHosts || isStandard(user.Path) { // neither is ever replaced
			continue
		}
		for _, file := range user.Files {
			e.add(user.Path, sourceFile{name: fileLabel(user.Path, file.Name), text: file.Text, isUsers: true})
		}
	}
	return e, nil
}

func (e *engine) add(importPath string, file sourceFile) {
	e.sources[importPath] = append(e.sources[importPath], file)
	e.trusted[file.name] = true
}

// fileLabel names a file of the user's in positions.
func fileLabel(importPath, name string) string { return importPath + "/" + name }
