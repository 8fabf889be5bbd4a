package values

import (
	"errors"
	"testing"

	"quidditch"
)

// compute returns the error of computing texts, each of a document of its own.
func compute(texts ...string) error {
	computed := Texts(func(batch *quidditch.Batch) (*quidditch.TextColumn, error) {
		var column quidditch.TextColumn
		for _, text := range texts {
			column.Append(text)
		}
		return &column, nil
	})
	_, err := computed.compute(&quidditch.Batch{Len: len(texts)})
	return err
}

func TestTextsMustBeUTF8(t *testing.T) {
	if err := compute("a", "ä", "", "a"); err != nil {
		t.Error(err)
	}
	expected := `the text "b\xff" of document 2 of the batch is not UTF-8: strings.ToValidUTF8 makes it so`
	if err := compute("a", "a", "b\xff", "b\xff"); err == nil || err.Error() != expected {
		t.Error(err)
	}
}

func TestErrorsOfFunctionsAreKept(t *testing.T) {
	expected := errors.New("no texts")
	computed := Texts(func(*quidditch.Batch) (*quidditch.TextColumn, error) { return nil, expected })
	if _, err := computed.compute(&quidditch.Batch{}); err != expected {
		t.Error(err)
	}
}
