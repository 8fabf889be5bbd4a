package abi

import (
	"errors"
	"strings"
	"unsafe"

	"quidditch"
)

// result is what a call returns: success or failure, and what belongs to it. The host reads it before the next call.
var result struct {
	isFailure uint8
	payload   [9]uint32
}

// Success returns a list as the result of a call that may fail.
func Success[T any](items []T) unsafe.Pointer {
	list := returnList(items)
	result.isFailure = 0
	result.payload = [9]uint32{list.address, list.len}
	return unsafe.Pointer(&result)
}

// Handle returns what a clause was bound to.
func Handle(handle uint32) unsafe.Pointer {
	result.isFailure = 0
	result.payload = [9]uint32{handle}
	return unsafe.Pointer(&result)
}

// Column returns computed values: a column, or a pointer to a column of texts.
func Column(computed any) unsafe.Pointer {
	var c column
	switch computed := computed.(type) {
	case quidditch.Column[bool]:
		c = lowerColumn(columnOfBooleans, computed)
	case quidditch.Column[int64]:
		c = lowerColumn(columnOfIntegers, computed)
	case quidditch.Column[float64]:
		c = lowerColumn(columnOfFloats, computed)
	case *quidditch.TextColumn:
		c = lowerColumn(columnOfTexts, computed.Codes)
		var bytes []byte
		ends := make([]uint32, len(computed.Distinct))
		for i, text := range computed.Distinct {
			bytes = append(bytes, text...)
			ends[i] = uint32(len(bytes))
		}
		c.ends, c.bytes = returnList(ends), returnList(bytes)
	}
	result.isFailure = 0
	*(*column)(unsafe.Pointer(&result.payload)) = c
	return unsafe.Pointer(&result)
}

func lowerColumn[T any](kind uint8, c quidditch.Column[T]) column {
	return column{kind: kind, values: returnList(c.Values), starts: returnList(c.Starts)}
}

// Failure returns an error: case 0 is an invalid argument, case 1 a failure.
func Failure(err error) unsafe.Pointer {
	kind := uint32(1)
	if invalid := quidditch.InvalidArgument(""); errors.As(err, &invalid) {
		kind = 0
	}
	message := returnText(strings.ToValidUTF8(err.Error(), "�"))
	result.isFailure = 1
	result.payload = [9]uint32{kind, message.address, message.len}
	return unsafe.Pointer(&result)
}

// listResult is the result of calls that return a list and cannot fail.
var listResult list

// List returns a list as the result of a call that cannot fail.
func List[T any](items []T) unsafe.Pointer {
	listResult = returnList(items)
	return unsafe.Pointer(&listResult)
}

// Requests returns the columns that a clause requests.
func Requests(requests []quidditch.ColumnRequest) unsafe.Pointer {
	type request struct {
		field list
		kind  quidditch.Kind
	}
	requested := make([]request, len(requests))
	for i, r := range requests {
		requested[i] = request{returnText(r.Field), r.Kind}
	}
	return List(requested)
}
