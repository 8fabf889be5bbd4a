// Package scorer makes a function a scorer, which computes the scores of documents.
package scorer

import "quidditch"

// Clause is the part of a query that a scorer is bound to.
type Clause struct {
	quidditch.Clause
	// NeedsScore is whether the scorer needs the scores so far. Computing them takes time.
	NeedsScore bool
	// MaxScore returns a bound: no document whose score so far is at most score, which may be infinite, gets more
	// than this. Nil if no bound is known. The host need not call the scorer with documents that this rules out: a
	// bound that is too low loses hits.
	MaxScore func(score float32) float32
}

// Score sets scores[i] to the score of each document i of a batch, finite and not negative. Before, it is the score
// so far, or 0 unless the clause needs scores.
type Score func(batch *quidditch.Batch, scores []float32) error

var bind func(*Clause) (Score, error)

// Export makes the function a scorer. Bind is called once for each clause, and what it returns with all its
// documents. Call it in init.
func Export(b func(*Clause) (Score, error)) {
	bind = b
}
