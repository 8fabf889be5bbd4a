package abi

import (
	"math"

	"quidditch"
)

// value is a variant: a case, and what belongs to it.
type value struct {
	kind    uint8
	payload uint64
}

// Cases of value: those of the kinds of parameters, without fields.
const (
	boolean = uint8(quidditch.Boolean)
	integer = uint8(quidditch.Integer)
	float   = uint8(quidditch.Float)
	texts   = uint8(quidditch.TextList)
)

func (v value) list() list {
	return list{uint32(v.payload), uint32(v.payload >> 32)}
}

func (v value) lift() any {
	switch quidditch.ParameterKind(v.kind) {
	case quidditch.Boolean:
		return uint8(v.payload) != 0
	case quidditch.Integer:
		return int64(v.payload)
	case quidditch.Float:
		return math.Float64frombits(v.payload)
	case quidditch.IntegerList:
		return slice[int64](v.list())
	case quidditch.FloatList:
		return slice[float64](v.list())
	case quidditch.TextList:
		lists := slice[list](v.list())
		texts := make([]string, len(lists))
		for i, list := range lists {
			texts[i] = text(list)
		}
		return texts
	default: // a text or JSON
		return text(v.list())
	}
}

// Arguments returns the arguments of a clause.
func Arguments(address, count uint32) []quidditch.Argument {
	type argument struct {
		name  list
		value value
	}
	arguments := make([]quidditch.Argument, count)
	for i, argument := range Passed[argument](address, count) {
		arguments[i] = quidditch.Argument{Name: text(argument.name), Value: argument.value.lift()}
	}
	return arguments
}

// column is a column. Its values are a list, or codes and a dictionary of texts: the end of each text, and the bytes
// of all.
type column struct {
	kind                        uint8
	values, ends, bytes, starts list
}

// Cases of the values of columns.
const (
	columnOfBooleans = iota
	columnOfIntegers
	columnOfFloats
	columnOfTexts
)

func (c column) lift() any {
	switch c.kind {
	case columnOfBooleans:
		return liftColumn[bool](c)
	case columnOfIntegers:
		return liftColumn[int64](c)
	case columnOfFloats:
		return liftColumn[float64](c)
	default:
		all := text(c.bytes)
		ends := slice[uint32](c.ends)
		distinct := make([]string, len(ends))
		start := uint32(0)
		for i, end := range ends {
			distinct[i] = all[start:end]
			start = end
		}
		return &quidditch.TextColumn{Distinct: distinct, Codes: liftColumn[uint32](c)}
	}
}

func liftColumn[T any](c column) quidditch.Column[T] {
	return quidditch.Column[T]{Values: slice[T](c.values), Starts: slice[uint32](c.starts)}
}

// Batch returns the documents of a call.
func Batch(batchLen, columns, columnsLen uint32) *quidditch.Batch {
	batch := &quidditch.Batch{Len: int(batchLen), Columns: make([]any, columnsLen)}
	for i, column := range Passed[column](columns, columnsLen) {
		batch.Columns[i] = column.lift()
	}
	return batch
}
