package filter

import (
	"unsafe"

	"quidditch"
	"quidditch/internal/abi"
)

// bound is a clause and what it was bound to.
type bound struct {
	clause Clause
	keep   Keep
}

var filters abi.Table[bound]

//go:wasmimport [export]quidditch:udf/filter@0.2.0 [resource-new]bound-filter
func newHandle(index uint32) uint32

//go:wasmexport quidditch:udf/filter@0.2.0#[static]bound-filter.bind
func exportBind(arguments, count uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	filter := &bound{clause: Clause{Clause: quidditch.Clause{Arguments: abi.Arguments(arguments, count)}}}
	var err error
	if filter.keep, err = bind(&filter.clause); err != nil {
		return abi.Failure(err)
	}
	return abi.Handle(newHandle(filters.Add(filter)))
}

//go:wasmexport quidditch:udf/filter@0.2.0#[dtor]bound-filter
func exportDrop(index uint32) {
	filters.Remove(index)
}

//go:wasmexport quidditch:udf/filter@0.2.0#[method]bound-filter.columns
func exportColumns(index uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	return abi.Requests(filters.Get(index).clause.Requests)
}

//go:wasmexport quidditch:udf/filter@0.2.0#[method]bound-filter.ranges
func exportRanges(index uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	return abi.List(filters.Get(index).clause.Ranges)
}

//go:wasmexport quidditch:udf/filter@0.2.0#[method]bound-filter.keep
func exportKeep(index, batchLen, scores, scoresLen, columns, columnsLen uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	keep := make([]bool, batchLen)
	if err := filters.Get(index).keep(abi.Batch(batchLen, columns, columnsLen), keep); err != nil {
		return abi.Failure(err)
	}
	return abi.Success(keep)
}
