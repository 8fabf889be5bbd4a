package quidditch

// Clause is the part of a query that calls the function. Binding reads its arguments and requests the columns that
// the function needs.
//
// An instance of a component serves many clauses, and calls what they were bound to in any order. So everything that
// belongs to a clause is in what it is bound to, and nothing in a package variable.
type Clause struct {
	// Arguments are those of the clause, with the defaults of those that it omits.
	Arguments []Argument
	// Requests are the requested columns.
	Requests []ColumnRequest
}

// Argument is an argument of a clause. Its value is a bool, int64, float64, string, []int64, []float64 or []string.
type Argument struct {
	Name  string
	Value any
}

// Has returns whether there is an argument for a parameter: one that is neither required nor has a default can be
// omitted.
func (c *Clause) Has(parameter string) bool {
	for _, argument := range c.Arguments {
		if argument.Name == parameter {
			return true
		}
	}
	return false
}

// Boolean returns the argument for a parameter of kind [Boolean], or false if it was omitted.
func (c *Clause) Boolean(parameter string) bool {
	return argument[bool](c, parameter)
}

// Integer returns the argument for a parameter of kind [Integer], or 0 if it was omitted.
func (c *Clause) Integer(parameter string) int64 {
	return argument[int64](c, parameter)
}

// Float returns the argument for a parameter of kind [Float], or 0 if it was omitted.
func (c *Clause) Float(parameter string) float64 {
	return argument[float64](c, parameter)
}

// Text returns the argument for a parameter of kind [Text], [JSON] or [Field], or "" if it was omitted.
func (c *Clause) Text(parameter string) string {
	return argument[string](c, parameter)
}

// Integers returns the argument for a parameter of kind [IntegerList], or nil if it was omitted.
func (c *Clause) Integers(parameter string) []int64 {
	return argument[[]int64](c, parameter)
}

// Floats returns the argument for a parameter of kind [FloatList], or nil if it was omitted.
func (c *Clause) Floats(parameter string) []float64 {
	return argument[[]float64](c, parameter)
}

// Texts returns the argument for a parameter of kind [TextList], or nil if it was omitted.
func (c *Clause) Texts(parameter string) []string {
	return argument[[]string](c, parameter)
}

func argument[T any](c *Clause, parameter string) T {
	var omitted T
	for _, argument := range c.Arguments {
		if argument.Name == parameter {
			value, ok := argument.Value.(T)
			if !ok {
				panic("parameter [" + parameter + "] is read as another type than the function declares")
			}
			return value
		}
	}
	for _, declared := range Described.Parameters {
		if declared.Name == parameter {
			return omitted
		}
	}
	panic("parameter [" + parameter + "] is read, but the function does not declare it")
}

// ColumnRequest asks for the values of a field for every document.
type ColumnRequest struct {
	Field string
	Kind  Kind
}

// Kind is the type of the values of a column.
type Kind uint8

const (
	Booleans Kind = iota
	Integers
	Floats
	Texts
	// Dates are milliseconds since the Unix epoch.
	Dates
)

// Request stands for a requested column, with values of type T.
type Request[T any] struct {
	index int
}

// Index returns the index of the column among those that the clause requests.
func (r Request[T]) Index() int {
	return r.index
}

// In returns the column of a batch.
func (r Request[T]) In(batch *Batch) Column[T] {
	return batch.Columns[r.index].(Column[T])
}

// TextRequest stands for a requested column of texts.
type TextRequest struct {
	index int
}

// In returns the column of a batch.
func (r TextRequest) In(batch *Batch) *TextColumn {
	return batch.Columns[r.index].(*TextColumn)
}

// RequestBooleans requests a column of booleans.
func (c *Clause) RequestBooleans(field string) Request[bool] {
	return Request[bool]{c.request(field, Booleans)}
}

// RequestIntegers requests a column of integers.
func (c *Clause) RequestIntegers(field string) Request[int64] {
	return Request[int64]{c.request(field, Integers)}
}

// RequestFloats requests a column of floating-point numbers. The field may also have integers, which are exact up to
// 2^53. A geo point f has the columns f.lat and f.lon.
func (c *Clause) RequestFloats(field string) Request[float64] {
	return Request[float64]{c.request(field, Floats)}
}

// RequestDates requests a column of dates, in milliseconds since the Unix epoch.
func (c *Clause) RequestDates(field string) Request[int64] {
	return Request[int64]{c.request(field, Dates)}
}

// RequestTexts requests a column of texts.
func (c *Clause) RequestTexts(field string) TextRequest {
	return TextRequest{c.request(field, Texts)}
}

func (c *Clause) request(field string, kind Kind) int {
	c.Requests = append(c.Requests, ColumnRequest{Field: field, Kind: kind})
	return len(c.Requests) - 1
}
