package values

import (
	"unsafe"

	"quidditch"
	"quidditch/internal/abi"
)

// bound is a clause and what it was bound to.
type bound struct {
	clause Clause
	Compute
}

var functions abi.Table[bound]

//go:wasmimport [export]quidditch:udf/values@0.2.0 [resource-new]bound-values
func newHandle(index uint32) uint32

//go:wasmexport quidditch:udf/values@0.2.0#[static]bound-values.bind
func exportBind(arguments, count uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	function := &bound{clause: Clause{quidditch.Clause{Arguments: abi.Arguments(arguments, count)}}}
	var err error
	if function.Compute, err = bind(&function.clause); err != nil {
		return abi.Failure(err)
	}
	return abi.Handle(newHandle(functions.Add(function)))
}

//go:wasmexport quidditch:udf/values@0.2.0#[dtor]bound-values
func exportDrop(index uint32) {
	functions.Remove(index)
}

//go:wasmexport quidditch:udf/values@0.2.0#[method]bound-values.columns
func exportColumns(index uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	return abi.Requests(functions.Get(index).clause.Requests)
}

//go:wasmexport quidditch:udf/values@0.2.0#[method]bound-values.kind
func exportKind(index uint32) uint32 {
	return uint32(functions.Get(index).kind)
}

//go:wasmexport quidditch:udf/values@0.2.0#[method]bound-values.compute
func exportCompute(index, batchLen, scores, scoresLen, columns, columnsLen uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	column, err := functions.Get(index).compute(abi.Batch(batchLen, columns, columnsLen))
	if err != nil {
		return abi.Failure(err)
	}
	return abi.Column(column)
}
