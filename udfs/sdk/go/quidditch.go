// Package quidditch is for functions of the search engine Quidditch: filters, scorers and computed values.
//
// A function describes itself with [Describe] and exports its roles with Export of the packages filter, scorer and
// values. A component has exactly the roles whose packages it imports. Each role binds the function to the arguments
// of a clause of a query, a [Clause], and then computes the documents of a [Batch] at a time.
package quidditch

// Function describes a function to those who call it.
type Function struct {
	// Summary is one or two sentences on what it does.
	Summary    string
	Parameters []Parameter
	// MemoryMiB is the memory that an instance may need, Go's runtime and garbage included; 0 for what the host
	// grants by default.
	MemoryMiB uint32
}

// Parameter is one argument that the clauses of queries may have. The host checks them before it calls the function.
type Parameter struct {
	Name     string
	Kind     ParameterKind
	Required bool
	// Default is the value for clauses without the argument, of the type of the Kind: a bool, int, int64, float64,
	// string, []int64, []float64 or []string. Nil for none.
	Default any
	Summary string
}

// ParameterKind is the type of the values of a parameter.
type ParameterKind uint8

const (
	Boolean ParameterKind = iota
	Integer
	Float
	Text
	IntegerList
	FloatList
	TextList
	// JSON is any JSON, passed as a text.
	JSON
	// Field is the name of a field, passed as a text. The host checks that the index has it.
	Field
)

// Described is what [Describe] was called with.
var Described Function

// Describe says how to call the function. Call it in init.
func Describe(function Function) {
	Described = function
}

// InvalidArgument is an error in the arguments of a clause, which is reported to the caller of the query as an error
// in the request. It names the parameter in square brackets: "parameter [min] must not be negative". All other errors
// are failures of the function.
type InvalidArgument string

func (message InvalidArgument) Error() string {
	return string(message)
}
