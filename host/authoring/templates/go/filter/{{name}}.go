// Command {{name}} is a filter: it keeps documents with a value of at least a minimum.
package main

import (
	"math"

	"quidditch"
	"quidditch/filter"
)

func init() {
	quidditch.Describe(quidditch.Function{
		Summary: "Keeps documents with a value of at least `min`; documents without a value are dropped.",
		Parameters: []quidditch.Parameter{
			{Name: "field", Kind: quidditch.Field, Required: true, Summary: "The number field to read."},
			{Name: "min", Kind: quidditch.Float, Required: true, Summary: "The smallest value to keep, 0 or more."},
		},
	})
	filter.Export(bind)
}

// The host calls what init exports, and never main.
func main() {}

// atLeast is the filter for one clause of a query.
type atLeast struct {
	values quidditch.Request[float64]
	min    float64
}

// bind reads the arguments of a clause and requests the columns that the filter needs.
func bind(clause *filter.Clause) (filter.Keep, error) {
	f := atLeast{values: clause.RequestFloats(clause.Text("field")), min: clause.Float("min")}
	if f.min < 0 {
		return nil, quidditch.InvalidArgument("parameter [min] must not be negative")
	}
	clause.AnnounceRange(f.values, f.min, math.Inf(1)) // lets the host skip documents
	return f.keep, nil
}

// keep decides for each document of a batch. All of keep is false before.
func (f *atLeast) keep(batch *quidditch.Batch, keep []bool) error {
	column := f.values.In(batch)
	for i := range keep {
		// A document may have any number of values. They are in ascending order, so only the last one counts.
		values := column.Of(i)
		keep[i] = len(values) > 0 && values[len(values)-1] >= f.min
	}
	return nil
}
