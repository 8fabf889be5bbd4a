package main

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
)

// parseJSON parses a JSON text. Its numbers become an int64 if they are integers of 64 bits, however they are written,
// and a float64 otherwise: so equal values are deeply equal, and large integers differ if one digit does.
func parseJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("there is more after the value")
	}
	return withNumbers(value)
}

// withNumbers replaces the texts of numbers in a value by numbers.
func withNumbers(value any) (any, error) {
	var err error
	switch value := value.(type) {
	case json.Number:
		return number(value)
	case []any:
		for i, item := range value {
			if value[i], err = withNumbers(item); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name, member := range value {
			if value[name], err = withNumbers(member); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// number returns an int64, or a float64 for what is none. A number that is too large even for that is an error.
func number(text json.Number) (any, error) {
	if integer, err := text.Int64(); err == nil {
		return integer, nil
	}
	float, err := text.Float64()
	if err != nil {
		return nil, err
	}
	// Such as 1.0 and 1e3. The bounds are exact: -2^63 fits, 2^63 does not.
	if float == math.Trunc(float) && -(1<<63) <= float && float < 1<<63 {
		return int64(float), nil
	}
	return float, nil
}
