package engine

import (
	"encoding/json"
	"fmt"
	goruntime "runtime"
	"runtime/metrics"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"

	// The standard library of CUE without its tool packages: nothing a template does reaches a file, a process or the net.
	_ "cuelang.org/go/pkg/crypto/ed25519"
	_ "cuelang.org/go/pkg/crypto/hmac"
	_ "cuelang.org/go/pkg/crypto/md5"
	_ "cuelang.org/go/pkg/crypto/sha1"
	_ "cuelang.org/go/pkg/crypto/sha256"
	_ "cuelang.org/go/pkg/crypto/sha512"
	_ "cuelang.org/go/pkg/encoding/base64"
	_ "cuelang.org/go/pkg/encoding/csv"
	_ "cuelang.org/go/pkg/encoding/hex"
	_ "cuelang.org/go/pkg/encoding/json"
	_ "cuelang.org/go/pkg/encoding/toml"
	_ "cuelang.org/go/pkg/encoding/yaml"
	_ "cuelang.org/go/pkg/html"
	_ "cuelang.org/go/pkg/list"
	_ "cuelang.org/go/pkg/math"
	_ "cuelang.org/go/pkg/math/bits"
	_ "cuelang.org/go/pkg/net"
	_ "cuelang.org/go/pkg/path"
	_ "cuelang.org/go/pkg/regexp"
	_ "cuelang.org/go/pkg/strconv"
	_ "cuelang.org/go/pkg/strings"
	_ "cuelang.org/go/pkg/struct"
	_ "cuelang.org/go/pkg/text/tabwriter"
	_ "cuelang.org/go/pkg/text/template"
	_ "cuelang.org/go/pkg/time"
	_ "cuelang.org/go/pkg/uuid"
)

const (
	maxTemplates = 200
	// BuildFile keeps every instance for the life of its context (about 18 kB each); BuildExpr keeps nothing.
	maxFiles        = 500
	maxHeapBytes    = 64 << 20
	maxGarbageBytes = 24 << 20
)

// Server answers requests, one at a time.
type Server struct {
	sources map[string]string
	// One for each table of the user's packages, by its text: a cue.Context knows one package of a path. Used last comes last.
	engines []*engine
}

func NewServer() *Server { return &Server{} }

// engine owns one cue.Context; dropping it frees everything that was built in it.
type engine struct {
	ctx *cue.Context
	// The text of the user's packages.
	imports string
	// What may be imported, by path: packages of the host and of the user.
	sources map[string][]sourceFile
	// Names of the files of packages.
	trusted  map[string]bool
	packages map[string]*build.Instance
	// Faults of the user's packages, by path.
	faults  map[string][]Problem
	members map[string]map[string]cue.Value
	// What conditionalNames found.
	conditional map[string]bool
	// What packagesAlias found.
	hasAliases *bool
	templates  map[string]*template
	filled     []filled
	files      int
}

// Serve answers one request of JSON text with JSON text.
func (s *Server) Serve(text []byte) []byte {
	tidy()
	var request Request
	var response Response
	if err := json.Unmarshal(text, &request); err != nil {
		response = unusable(err)
	} else {
		response = s.safely(&request)
	}
	out, err := json.Marshal(response)
	if err != nil {
		out, _ = json.Marshal(bug(err.Error()))
	}
	return out
}

func (s *Server) safely(request *Request) (response Response) {
	defer func() {
		if thrown := recover(); thrown != nil {
			s.engines = nil // a panicking evaluation may leave its context inconsistent
			response = bug(fmt.Sprint("the CUE evaluator panicked: ", thrown))
		}
	}()
	if request.Fn == "packages" {
		s.sources, s.engines = request.Packages, nil
		return Response{}
	}
	e, faults := s.engineFor(string(request.Imports))
	if faults != nil {
		return Response{Problems: faults}
	}
	return e.serve(request)
}

func (e *engine) isFull() bool {
	return len(e.templates) >= maxTemplates || e.files >= maxFiles
}

const (
	// Found alive by the last collection.
	liveHeap = "/gc/heap/live:bytes"
	// Alive or not yet collected.
	usedHeap = "/memory/classes/heap/objects:bytes"
)

func heapBytes(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// tidy collects garbage between calls. With one thread the collector gets no turn of its own during a call, so the heap
// would grow far beyond what lives in it, and WebAssembly memory never shrinks.
func tidy() {
	if heapBytes(usedHeap) > heapBytes(liveHeap)+maxGarbageBytes {
		goruntime.GC()
	}
}

func (e *engine) serve(request *Request) Response {
	if found := refuseHuge(request.Expr); found != nil {
		return Response{Problems: found}
	}
	switch request.Fn {
	case "eval":
		return e.evaluate(request)
	case "parse":
		return parseExpression(e, request.Expr)
	case "definition":
		return e.readDefinition(request.Expr)
	}
	if request.Fn == "package" {
		return e.describePackage(request.Expr)
	}
	t := e.template(request.Template, request.Known)
	if len(t.problems) > 0 {
		return Response{Problems: t.problems, Warnings: t.warnings}
	}
	switch request.Fn {
	case "compile":
		return e.describe(t)
	case "next":
		return e.next(t, request)
	case "value":
		return e.valueFrom(t, request)
	case "check":
		return e.checkParameter(t, request)
	}
	return bug("unknown function " + request.Fn)
}

func bug(message string) Response {
	return Response{Problems: []Problem{{Kind: "bug", Message: message}}}
}
