package values

import (
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"quidditch"
)

// checkUTF8 returns an error for the first document with a text that is not UTF-8. The host would refuse all texts of the batch, and
// could not say which one is wrong.
func checkUTF8(column *quidditch.TextColumn, documents int) error {
	for code, text := range column.Distinct {
		if utf8.ValidString(text) {
			continue
		}
		place := ""
		for document := range documents {
			if slices.Contains(column.Of(document), uint32(code)) {
				place = " of document " + strconv.Itoa(document) + " of the batch"
				break
			}
		}
		return errors.New("the text " + strconv.Quote(text) + place + " is not UTF-8: strings.ToValidUTF8 makes it so")
	}
	return nil
}
