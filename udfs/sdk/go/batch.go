package quidditch

// Batch is the documents of one call, up to 4,096.
type Batch struct {
	// Len is the number of documents.
	Len int
	// Columns are the requested columns, each a [Column] or [*TextColumn]: get them with In of the request.
	Columns []any
}

// Column is the values of one field for all documents of a batch. Document i has those from Starts[i] to Starts[i+1]:
// none, one or several, in ascending order. Without Starts, every document has one value.
type Column[T any] struct {
	Values []T
	Starts []uint32
}

// Of returns the values of a document. Those of f.lat and f.lon of a geo point f at the same position are one point.
func (c *Column[T]) Of(document int) []T {
	if len(c.Starts) == 0 {
		return c.Values[document : document+1]
	}
	return c.Values[c.Starts[document]:c.Starts[document+1]]
}

// Append adds the values of the next document to a computed column: none, one or several, in any order.
func (c *Column[T]) Append(values ...T) {
	if len(c.Starts) == 0 {
		c.Starts = append(c.Starts, 0)
	}
	c.Values = append(c.Values, values...)
	c.Starts = append(c.Starts, uint32(len(c.Values)))
}

// TextColumn is the texts of one field for all documents of a batch. What is computed from a text need be computed
// only once for each of the Distinct texts.
type TextColumn struct {
	Distinct []string
	// Codes has the index in Distinct of each value.
	Codes Column[uint32]

	// The codes of the texts that were appended.
	codes map[string]uint32
}

// Of returns the codes of a document's texts: indices of Distinct.
func (c *TextColumn) Of(document int) []uint32 {
	return c.Codes.Of(document)
}

// Append adds the texts of the next document to a computed column: none, one or several, in any order.
func (c *TextColumn) Append(texts ...string) {
	if len(c.Codes.Starts) == 0 {
		c.codes = make(map[string]uint32)
		c.Codes.Starts = append(c.Codes.Starts, 0)
	}
	for _, text := range texts {
		code, known := c.codes[text]
		if !known {
			code = uint32(len(c.Distinct))
			c.codes[text] = code
			c.Distinct = append(c.Distinct, text)
		}
		c.Codes.Values = append(c.Codes.Values, code)
	}
	c.Codes.Starts = append(c.Codes.Starts, uint32(len(c.Codes.Values)))
}
