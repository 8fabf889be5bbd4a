// Package values makes a function compute values of documents, which a request uses like the values of a field.
package values

import "quidditch"

// Clause is the part of a request that the function is bound to.
type Clause struct {
	quidditch.Clause
}

// Compute computes the values of all documents of a batch, of one type: [Booleans], [Integers], [Floats], [Dates] and
// [Texts] make it.
type Compute struct {
	kind    quidditch.Kind
	compute func(batch *quidditch.Batch) (any, error)
}

// Booleans are values of type boolean.
func Booleans(compute func(batch *quidditch.Batch) (quidditch.Column[bool], error)) Compute {
	return of(quidditch.Booleans, compute)
}

// Integers are values of type long.
func Integers(compute func(batch *quidditch.Batch) (quidditch.Column[int64], error)) Compute {
	return of(quidditch.Integers, compute)
}

// Floats are values of type double. They must be finite.
func Floats(compute func(batch *quidditch.Batch) (quidditch.Column[float64], error)) Compute {
	return of(quidditch.Floats, compute)
}

// Dates are values of type date, in milliseconds since the Unix epoch.
func Dates(compute func(batch *quidditch.Batch) (quidditch.Column[int64], error)) Compute {
	return of(quidditch.Dates, compute)
}

// Texts are values of type keyword. They must be UTF-8: strings.ToValidUTF8 replaces what is not.
func Texts(compute func(batch *quidditch.Batch) (*quidditch.TextColumn, error)) Compute {
	return of(quidditch.Texts, func(batch *quidditch.Batch) (*quidditch.TextColumn, error) {
		column, err := compute(batch)
		if err != nil {
			return nil, err
		}
		return column, checkUTF8(column, batch.Len)
	})
}

func of[C any](kind quidditch.Kind, compute func(batch *quidditch.Batch) (C, error)) Compute {
	return Compute{kind, func(batch *quidditch.Batch) (any, error) { return compute(batch) }}
}

var bind func(*Clause) (Compute, error)

// Export makes the function compute values. Bind is called once for each clause, and what it returns with all its
// documents. Call it in init.
func Export(b func(*Clause) (Compute, error)) {
	bind = b
}
