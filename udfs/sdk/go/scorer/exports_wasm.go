package scorer

import (
	"math"
	"unsafe"

	"quidditch"
	"quidditch/internal/abi"
)

// bound is a clause and what it was bound to.
type bound struct {
	clause Clause
	score  Score
}

var scorers abi.Table[bound]

//go:wasmimport [export]quidditch:udf/scorer@0.2.0 [resource-new]bound-scorer
func newHandle(index uint32) uint32

//go:wasmexport quidditch:udf/scorer@0.2.0#[static]bound-scorer.bind
func exportBind(arguments, count uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	scorer := &bound{clause: Clause{Clause: quidditch.Clause{Arguments: abi.Arguments(arguments, count)}}}
	var err error
	if scorer.score, err = bind(&scorer.clause); err != nil {
		return abi.Failure(err)
	}
	return abi.Handle(newHandle(scorers.Add(scorer)))
}

//go:wasmexport quidditch:udf/scorer@0.2.0#[dtor]bound-scorer
func exportDrop(index uint32) {
	scorers.Remove(index)
}

//go:wasmexport quidditch:udf/scorer@0.2.0#[method]bound-scorer.columns
func exportColumns(index uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	return abi.Requests(scorers.Get(index).clause.Requests)
}

//go:wasmexport quidditch:udf/scorer@0.2.0#[method]bound-scorer.needs-score
func exportNeedsScore(index uint32) bool {
	return scorers.Get(index).clause.NeedsScore
}

//go:wasmexport quidditch:udf/scorer@0.2.0#[method]bound-scorer.max-score
func exportMaxScore(index uint32, score float32) float32 {
	defer abi.Leave()
	abi.Enter()
	if maxScore := scorers.Get(index).clause.MaxScore; maxScore != nil {
		return maxScore(score)
	}
	return float32(math.Inf(1))
}

//go:wasmexport quidditch:udf/scorer@0.2.0#[method]bound-scorer.score
func exportScore(index, batchLen, scores, scoresLen, columns, columnsLen uint32) unsafe.Pointer {
	defer abi.Leave()
	abi.Enter()
	// The scores replace the scores so far.
	results := abi.Passed[float32](scores, scoresLen)
	if scoresLen == 0 {
		results = make([]float32, batchLen)
	}
	if err := scorers.Get(index).score(abi.Batch(batchLen, columns, columnsLen), results); err != nil {
		return abi.Failure(err)
	}
	return abi.Success(results)
}
