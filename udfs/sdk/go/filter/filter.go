// Package filter makes a function a filter, which decides which documents to keep.
package filter

import "quidditch"

// Clause is the part of a query that a filter is bound to.
type Clause struct {
	quidditch.Clause
	// Ranges are what [Clause.AnnounceRange] announced.
	Ranges []Range
}

// Range is the values of a column from Min to Max.
type Range struct {
	Column   uint32
	Min, Max float64
}

// AnnounceRange says that the filter keeps no document without a value from min to max, both included, in this column
// of numbers or dates. If min is greater than max, these are the values of at least min or at most max, such as
// longitudes across the date line. The host need not call the filter with other documents: a range that is too narrow
// loses matches.
func (c *Clause) AnnounceRange(column interface{ Index() int }, min, max float64) {
	c.Ranges = append(c.Ranges, Range{Column: uint32(column.Index()), Min: min, Max: max})
}

// Keep sets keep[i] to true for each document i of a batch that the filter keeps. All are false before.
type Keep func(batch *quidditch.Batch, keep []bool) error

var bind func(*Clause) (Keep, error)

// Export makes the function a filter. Bind is called once for each clause, and what it returns with all its
// documents. Call it in init.
func Export(b func(*Clause) (Keep, error)) {
	bind = b
}
