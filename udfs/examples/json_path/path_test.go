package main

import (
	"reflect"
	"testing"
)

func TestParsePath(t *testing.T) {
	for path, expected := range map[string][]step{
		"city": {{kind: member, name: "city"}},
		"address.geo[0].city": {
			{kind: member, name: "address"}, {kind: member, name: "geo"}, {kind: item}, {kind: member, name: "city"},
		},
		"[12][*]":      {{kind: item, index: 12}, {kind: everyItem}},
		`a["b.\"]"].c`: {{kind: member, name: "a"}, {kind: member, name: `b."]`}, {kind: member, name: "c"}},
		`["ä ö"]`:      {{kind: member, name: "ä ö"}},
	} {
		steps, err := parsePath(path)
		if err != nil || !reflect.DeepEqual(steps, expected) {
			t.Errorf("%s: %v, %v", path, steps, err)
		}
	}
}

func TestParsePathErrors(t *testing.T) {
	for path, expected := range map[string]string{
		"":       "it is empty",
		".a":     "expected a name at character 1",
		"a..b":   "expected a name at character 3",
		"a.":     "expected a name at character 3",
		"ä[0]b":  "expected a dot or [ at character 5",
		"a]":     "expected a dot or [ at character 2",
		"a[-1]":  "expected an index, * or a quoted name at character 3",
		"a[":     "expected an index, * or a quoted name at character 3",
		"a[0":    "expected ] at character 4",
		`a["b`:   "expected a quoted name at character 3",
		`a["b"x`: "expected ] at character 6",
	} {
		if _, err := parsePath(path); err == nil || err.Error() != expected {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAnyAt(t *testing.T) {
	document, err := parseJSON(`{"a": [{"b": 1}, {"b": 2}, 3], "c": {"d.e": null}}`)
	if err != nil {
		t.Fatal(err)
	}
	for path, expected := range map[string][]any{
		"a[1].b":     {int64(2)},
		"a[*].b":     {int64(1), int64(2)},
		"a[9]":       nil,
		"a.b":        nil,
		"c[*]":       nil,
		`c["d.e"]`:   {nil},
		`c["d.e"].f`: nil,
	} {
		steps, err := parsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		var found []any
		anyAt(document, steps, func(value any) bool {
			found = append(found, value)
			return false
		})
		if !reflect.DeepEqual(found, expected) {
			t.Errorf("%s: %v", path, found)
		}
	}
}
