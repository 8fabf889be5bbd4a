// Package abi passes values between the host and Go, as the canonical ABI of the component model lays them out in
// memory.
package abi

import "unsafe"

// The host writes the arguments of a call into blocks that it allocates before. They are ordinary memory of Go, which
// the garbage collector frees when nothing refers to it: texts and lists of a call may be kept.
var (
	// passed keeps the blocks of the coming call, to which only the host has addresses.
	passed [][]uint64
	// returned keeps what the host reads after a call, until the next one.
	returned []any
)

//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldLen, align, newLen uint32) unsafe.Pointer {
	block := make([]uint64, (newLen+7)/8) // aligned for every type
	passed = append(passed, block)
	address := unsafe.Pointer(unsafe.SliceData(block))
	if oldLen > 0 {
		copy(unsafe.Slice((*byte)(address), newLen), unsafe.Slice((*byte)(old), oldLen))
	}
	return address
}

// Enter begins every exported function.
func Enter() {
	clear(returned)
	returned = returned[:0]
}

// Leave is deferred by every exported function. By then, Go has pointers to all that it still needs of what was passed.
func Leave() {
	clear(passed)
	passed = passed[:0]
	if reason := recover(); reason != nil {
		trap(reason)
	}
}

// pointer returns the pointer to an address that the host passed.
func pointer(address uint32) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(nil), address)
}

// list is a list or string in memory. Addresses of the host have 32 bits, unlike those of Go.
type list struct {
	address, len uint32
}

// Passed returns a list that the host passed.
func Passed[T any](address, len uint32) []T {
	if len == 0 {
		return nil
	}
	return unsafe.Slice((*T)(pointer(address)), len)
}

func slice[T any](l list) []T {
	return Passed[T](l.address, l.len)
}

func text(l list) string {
	return unsafe.String((*byte)(pointer(l.address)), l.len)
}

// returnList keeps a list until the host has read it.
func returnList[T any](items []T) list {
	if len(items) == 0 {
		return list{}
	}
	returned = append(returned, items)
	return list{uint32(uintptr(unsafe.Pointer(unsafe.SliceData(items)))), uint32(len(items))}
}

func returnText(text string) list {
	return returnList(unsafe.Slice(unsafe.StringData(text), len(text)))
}
