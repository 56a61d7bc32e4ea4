// Package main is the WebAssembly module: two exports over linear memory, JSON in and JSON out. What it does stands in
// package engine, which also builds natively for its tests.
package main

import (
	"unsafe"

	"cuelang.org/go/sluice/engine"
)

var (
	server  = engine.NewServer()
	inbound = map[uint32][]byte{}
	// The last answer stays reachable until the next call, for the host to copy.
	outbound []byte
)

// alloc reserves n bytes for a request; the host writes it there and passes the address to call.
//
//go:wasmexport alloc
func alloc(n uint32) uint32 {
	buffer := make([]byte, n)
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(buffer))))
	inbound[address] = buffer
	return address
}

// call answers the request at address: the answer's address in the upper 32 bits, its length in the lower.
//
//go:wasmexport call
func call(address uint32) uint64 {
	request := inbound[address]
	delete(inbound, address)
	outbound = server.Serve(request)
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(outbound))))<<32 | uint64(len(outbound))
}

func main() {}
