// Command {{name}} computes values: those of a field with a rate added, such as a tax.
package main

import (
	"quidditch"
	"quidditch/values"
)

func init() {
	quidditch.Describe(quidditch.Function{
		Summary: "The values of a field with a rate added, such as a tax; documents without a value have none.",
		Parameters: []quidditch.Parameter{
			{Name: "field", Kind: quidditch.Field, Required: true, Summary: "The number field to read."},
			{Name: "rate", Kind: quidditch.Float, Required: true, Summary: "The rate to add, in percent, -100 or more."},
		},
	})
	values.Export(bind)
}

// The host calls what init exports, and never main.
func main() {}

// addRate computes the values for one call in a request.
type addRate struct {
	values quidditch.Request[float64]
	factor float64
}

// bind reads the arguments of a call and requests the columns that the function needs.
func bind(clause *values.Clause) (values.Compute, error) {
	rate := clause.Float("rate")
	if rate < -100 {
		return values.Compute{}, quidditch.InvalidArgument("parameter [rate] must not be less than -100")
	}
	a := addRate{values: clause.RequestFloats(clause.Text("field")), factor: 1 + rate/100}
	return values.Floats(a.compute), nil // the type of the values
}

// compute computes the values of all documents of a batch.
func (a *addRate) compute(batch *quidditch.Batch) (quidditch.Column[float64], error) {
	column := a.values.In(batch)
	results := make([]float64, len(column.Values))
	for i, value := range column.Values {
		results[i] = value * a.factor
	}
	// Each document has as many values as it had before. Otherwise, Append adds those of one document after another.
	return quidditch.Column[float64]{Values: results, Starts: column.Starts}, nil
}
