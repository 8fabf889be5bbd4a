package abi

import (
	"math"
	"unsafe"

	"quidditch"
)

//go:wasmexport quidditch:udf/metadata@0.2.0#summary
func summary() unsafe.Pointer {
	defer Leave()
	Enter()
	listResult = returnText(quidditch.Described.Summary)
	return unsafe.Pointer(&listResult)
}

//go:wasmexport quidditch:udf/metadata@0.2.0#parameters
func parameters() unsafe.Pointer {
	type parameter struct {
		name       list
		kind       quidditch.ParameterKind
		required   bool
		_          [6]byte
		hasDefault bool
		value      value
		summary    list
	}
	defer Leave()
	Enter()
	parameters := make([]parameter, len(quidditch.Described.Parameters))
	for i, p := range quidditch.Described.Parameters {
		parameters[i] = parameter{
			name:       returnText(p.Name),
			kind:       p.Kind,
			required:   p.Required,
			hasDefault: p.Default != nil,
			value:      lowerDefault(p),
			summary:    returnText(p.Summary),
		}
	}
	return List(parameters)
}

//go:wasmexport quidditch:udf/metadata@0.2.0#memory-mib
func memoryMiB() uint32 {
	return quidditch.Described.MemoryMiB
}

// lowerDefault returns the default of a parameter as a value of its kind.
func lowerDefault(p quidditch.Parameter) value {
	v := value{kind: uint8(p.Kind)}
	if p.Kind == quidditch.Field {
		v.kind = uint8(quidditch.Text)
	}
	fits := true
	switch given := p.Default.(type) {
	case nil:
	case bool:
		fits = p.Kind == quidditch.Boolean
		if given {
			v.payload = 1
		}
	case int:
		// A constant such as 1 is also a float.
		fits = p.Kind == quidditch.Integer || p.Kind == quidditch.Float
		v.payload = uint64(given)
		if p.Kind == quidditch.Float {
			v.payload = math.Float64bits(float64(given))
		}
	case int64:
		fits = p.Kind == quidditch.Integer
		v.payload = uint64(given)
	case float64:
		fits = p.Kind == quidditch.Float
		v.payload = math.Float64bits(given)
	case string:
		fits = p.Kind == quidditch.Text || p.Kind == quidditch.JSON || p.Kind == quidditch.Field
		v.setList(returnText(given))
	case []int64:
		fits = p.Kind == quidditch.IntegerList
		v.setList(returnList(given))
	case []float64:
		fits = p.Kind == quidditch.FloatList
		v.setList(returnList(given))
	case []string:
		fits = p.Kind == quidditch.TextList
		lists := make([]list, len(given))
		for i, text := range given {
			lists[i] = returnText(text)
		}
		v.setList(returnList(lists))
	default:
		fits = false
	}
	if !fits {
		panic("the default of parameter [" + p.Name + "] is not of the parameter's kind")
	}
	return v
}

func (v *value) setList(l list) {
	v.payload = uint64(l.address) | uint64(l.len)<<32
}
