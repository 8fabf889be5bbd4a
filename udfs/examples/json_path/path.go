package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// step leads from a value to some of the values in it: that of a member of an object, one item of an array, or all.
type step struct {
	kind  stepKind
	name  string // of a member
	index int    // of an item
}

type stepKind int

const (
	member stepKind = iota
	item
	everyItem
)

// parsePath parses steps, one after the other: a name, which a dot separates from what is before it; ["a name"] with
// any characters, as a JSON string; an index such as [0]; or [*] for every item.
func parsePath(path string) ([]step, error) {
	if path == "" {
		return nil, errors.New("it is empty")
	}
	var steps []step
	for rest := path; rest != ""; {
		var s step
		var err error
		if s, rest, err = parseStep(rest, rest == path); err != nil {
			return nil, fmt.Errorf("%w at character %d", err, utf8.RuneCountInString(path[:len(path)-len(rest)])+1)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// parseStep parses one step and returns the rest. If there is none, the rest begins where it is missed.
func parseStep(path string, isFirst bool) (step, string, error) {
	if inside, ok := strings.CutPrefix(path, "["); ok {
		return parseBrackets(inside)
	}
	name := path
	if !isFirst {
		var ok bool
		if name, ok = strings.CutPrefix(path, "."); !ok {
			return step{}, path, errors.New("expected a dot or [")
		}
	}
	end := strings.IndexAny(name, ".[]")
	if end < 0 {
		end = len(name)
	}
	if end == 0 {
		return step{}, name, errors.New("expected a name")
	}
	return step{kind: member, name: name[:end]}, name[end:], nil
}

// parseBrackets parses a step after its opening bracket.
func parseBrackets(path string) (step, string, error) {
	if strings.HasPrefix(path, `"`) {
		decoder := json.NewDecoder(strings.NewReader(path))
		var name string
		if err := decoder.Decode(&name); err != nil {
			return step{}, path, errors.New("expected a quoted name")
		}
		return closeBrackets(step{kind: member, name: name}, path[decoder.InputOffset():])
	}
	if rest, ok := strings.CutPrefix(path, "*"); ok {
		return closeBrackets(step{kind: everyItem}, rest)
	}
	rest := strings.TrimLeft(path, "0123456789")
	index, err := strconv.Atoi(path[:len(path)-len(rest)])
	if err != nil {
		return step{}, path, errors.New("expected an index, * or a quoted name")
	}
	return closeBrackets(step{kind: item, index: index}, rest)
}

func closeBrackets(s step, path string) (step, string, error) {
	rest, ok := strings.CutPrefix(path, "]")
	if !ok {
		return step{}, path, errors.New("expected ]")
	}
	return s, rest, nil
}

// anyAt returns whether the path leads to a value for which the condition is true.
func anyAt(value any, path []step, condition func(any) bool) bool {
	if len(path) == 0 {
		return condition(value)
	}
	s, rest := path[0], path[1:]
	switch s.kind {
	case member:
		object, _ := value.(map[string]any)
		found, ok := object[s.name]
		return ok && anyAt(found, rest, condition)
	case item:
		array, _ := value.([]any)
		return s.index < len(array) && anyAt(array[s.index], rest, condition)
	default:
		array, _ := value.([]any)
		return slices.ContainsFunc(array, func(found any) bool { return anyAt(found, rest, condition) })
	}
}
