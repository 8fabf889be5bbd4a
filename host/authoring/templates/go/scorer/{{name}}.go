// Command {{name}} is a scorer: it adds the logarithm of a field to the score.
package main

import (
	"math"

	"quidditch"
	"quidditch/scorer"
)

func init() {
	quidditch.Describe(quidditch.Function{
		Summary: "Adds the logarithm of a field to the score; documents without a value keep their score.",
		Parameters: []quidditch.Parameter{
			{Name: "field", Kind: quidditch.Field, Required: true,
				Summary: "The number field to read; the largest value counts, at least 0."},
			{Name: "factor", Kind: quidditch.Float, Default: 1.0, Summary: "The weight of the field, 0 or more."},
		},
	})
	scorer.Export(bind)
}

// The host calls what init exports, and never main.
func main() {}

// addLogarithm is the scorer for one clause of a query.
type addLogarithm struct {
	values quidditch.Request[float64]
	factor float64
}

// bind reads the arguments of a clause and requests the columns that the scorer needs.
func bind(clause *scorer.Clause) (scorer.Score, error) {
	s := addLogarithm{values: clause.RequestFloats(clause.Text("field")), factor: clause.Float("factor")}
	if s.factor < 0 {
		return nil, quidditch.InvalidArgument("parameter [factor] must not be negative")
	}
	clause.NeedsScore = true
	// The field may have any value, so there is no bound on the score, and no clause.MaxScore.
	return s.score, nil
}

// score computes the score of each document of a batch. Before, scores has the scores so far.
func (s *addLogarithm) score(batch *quidditch.Batch, scores []float32) error {
	column := s.values.In(batch)
	for i := range scores {
		// A document may have any number of values, in ascending order. One without a value keeps its score.
		if values := column.Of(i); len(values) > 0 {
			largest := max(values[len(values)-1], 0)
			scores[i] += float32(s.factor * math.Log1p(largest))
		}
	}
	return nil
}
