// Command json_path is a filter: it keeps documents by a value in a JSON text, which a path such as
// address.geo[0].city leads to.
package main

import (
	"math"
	"reflect"

	"quidditch"
	"quidditch/filter"
)

func init() {
	quidditch.Describe(quidditch.Function{
		Summary: "Keeps documents with a JSON text in which `path` leads to a value that meets all the given conditions; " +
			"without conditions, any value but null does. What is not JSON has no values.",
		Parameters: []quidditch.Parameter{
			{Name: "field", Kind: quidditch.Field, Required: true, Summary: "The keyword field with the JSON text."},
			{Name: "path", Kind: quidditch.Text, Required: true,
				Summary: `The way to the value, such as address.geo[0].city, tags[*] or ["a.b"].c.`},
			{Name: "equals", Kind: quidditch.JSON, Summary: "The value, any JSON."},
			{Name: "min", Kind: quidditch.Float, Summary: "The value is a number of at least this."},
			{Name: "max", Kind: quidditch.Float, Summary: "The value is a number of at most this."},
		},
	})
	filter.Export(bind)
}

func main() {}

// jsonPath is the filter for one clause of a query.
type jsonPath struct {
	texts quidditch.TextRequest
	path  []step

	equals   any // nil if every value will do: the host passes no argument that is null
	min, max float64
	isNumber bool // whether the value must be a number from min to max
}

func bind(clause *filter.Clause) (filter.Keep, error) {
	path, err := parsePath(clause.Text("path"))
	if err != nil {
		return nil, quidditch.InvalidArgument("parameter [path] must be like address.geo[0].city: " + err.Error())
	}
	f := jsonPath{
		texts:    clause.RequestTexts(clause.Text("field")),
		path:     path,
		min:      math.Inf(-1),
		max:      math.Inf(1),
		isNumber: clause.Has("min") || clause.Has("max"),
	}
	if clause.Has("equals") {
		if f.equals, err = parseJSON(clause.Text("equals")); err != nil {
			return nil, quidditch.InvalidArgument("parameter [equals] must be JSON: " + err.Error())
		}
	}
	if clause.Has("min") {
		f.min = clause.Float("min")
	}
	if clause.Has("max") {
		f.max = clause.Float("max")
	}
	if f.min > f.max {
		return nil, quidditch.InvalidArgument("parameter [min] must not be greater than [max]")
	}
	return f.keep, nil
}

func (f *jsonPath) keep(batch *quidditch.Batch, keep []bool) error {
	column := f.texts.In(batch)

	// Parsing is the expensive part: it is done once for each distinct text of the batch.
	matches := make([]bool, len(column.Distinct))
	for code, text := range column.Distinct {
		matches[code] = f.matches(text)
	}

	for i := range keep {
		for _, code := range column.Of(i) {
			keep[i] = keep[i] || matches[code]
		}
	}
	return nil
}

// matches returns whether the path leads to a value that meets the conditions.
func (f *jsonPath) matches(text string) bool {
	document, err := parseJSON(text)
	return err == nil && anyAt(document, f.path, f.meetsConditions)
}

func (f *jsonPath) meetsConditions(value any) bool {
	if value == nil { // null
		return false
	}
	if f.isNumber && !f.isInRange(value) {
		return false
	}
	return f.equals == nil || reflect.DeepEqual(value, f.equals)
}

// isInRange returns whether a value is a number from min to max, which are floats.
func (f *jsonPath) isInRange(value any) bool {
	var number float64
	switch value := value.(type) {
	case int64:
		number = float64(value)
	case float64:
		number = value
	default:
		return false
	}
	return f.min <= number && number <= f.max
}
