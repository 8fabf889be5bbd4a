package main

import (
	"reflect"
	"testing"
)

func TestParseJSON(t *testing.T) {
	for text, expected := range map[string]any{
		"1":                       int64(1),
		"1.0":                     int64(1),
		"-1e3":                    int64(-1000),
		"1.5":                     1.5,
		"9007199254740993":        int64(9007199254740993),
		"9223372036854775807":     int64(9223372036854775807),
		"9223372036854775808":     9223372036854775808.0,
		"-9223372036854775808":    int64(-9223372036854775808),
		"null":                    nil,
		`{"a": [1, {"b": 2.0}]} `: map[string]any{"a": []any{int64(1), map[string]any{"b": int64(2)}}},
	} {
		value, err := parseJSON(text)
		if err != nil || !reflect.DeepEqual(value, expected) {
			t.Errorf("%s: %v, %v", text, value, err)
		}
	}
}

func TestParseJSONErrors(t *testing.T) {
	for _, text := range []string{"", "no JSON", "1 2", "{} x", "[1e999]", `{"a": 1e999}`} {
		if value, err := parseJSON(text); err == nil {
			t.Errorf("%s: %v", text, value)
		}
	}
}
