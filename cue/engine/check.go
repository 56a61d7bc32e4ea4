package engine

import "encoding/json"

func (e *engine) checkParameter(t *template, request *Request) Response { return Response{} }

var _ = json.Marshal
