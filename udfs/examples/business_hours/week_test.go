package main

import "testing"

// minute returns the minute of the week.
func minute(day, hour, minute int) int {
	return day*minutesOfDay + hour*60 + minute
}

const (
	monday = iota
	tuesday
	wednesday
	thursday
	friday
	saturday
	sunday
)

func TestIsOpen(t *testing.T) {
	for _, test := range []struct {
		hours    string
		minute   int
		expected bool
	}{
		{"Mo-Fr 09:00-18:00", minute(monday, 9, 0), true},
		{"Mo-Fr 09:00-18:00", minute(friday, 17, 59), true},
		{"Mo-Fr 09:00-18:00", minute(friday, 18, 0), false},
		{"Mo-Fr 09:00-18:00", minute(saturday, 12, 0), false},
		{"Mo,We 08:00-12:30, 14:00-18:00", minute(wednesday, 13, 0), false},
		{"Mo,We 08:00-12:30, 14:00-18:00", minute(wednesday, 14, 0), true},
		{"Mo-Su 10:00-20:00; Tu off; Su 12:00-16:00", minute(tuesday, 12, 0), false},
		{"Mo-Su 10:00-20:00; Tu off; Su 12:00-16:00", minute(sunday, 11, 0), false},
		{"Sa-Mo 10:00-12:00", minute(sunday, 11, 0), true},
		{"Sa-Mo 10:00-12:00", minute(tuesday, 11, 0), false},
		{"Su 22:00-02:00", minute(monday, 1, 59), true},
		{"Su 22:00-02:00", minute(monday, 2, 0), false},
		{"Su 22:00-02:00", minute(sunday, 1, 0), false},
		{"Th 00:00-24:00", minute(thursday, 23, 59), true},
		{"Th 00:00-24:00", minute(friday, 0, 0), false},
		{"Th 12:00-12:00", minute(friday, 11, 59), true},
		{" 24/7 ", minute(sunday, 23, 59), true},
	} {
		week, err := parseWeek(test.hours)
		if err != nil || week.isOpen(test.minute) != test.expected {
			t.Errorf("%s: not %v at %d, error: %v", test.hours, test.expected, test.minute, err)
		}
	}
}

func TestParseWeekErrors(t *testing.T) {
	for hours, expected := range map[string]string{
		"":                          "[] must be days and times",
		"09:00-18:00":               "[09:00-18:00] must be days and times",
		"Mo 09:00-18:00;":           "[] must be days and times",
		"Mon 09:00-18:00":           "[Mon] must be days, such as Mo or Mo-Fr",
		"Mo-Xx 09:00-18:00":         "[Mo-Xx] must be days, such as Mo or Mo-Fr",
		"Mo 09:00":                  "[] must be a time, such as 09:00",
		"Mo 9-18":                   "[9] must be a time, such as 09:00",
		"Mo 09:60-18:00":            "[09:60] must be a time, such as 09:00",
		"Mo 09:00-24:01":            "[24:01] must be a time, such as 09:00",
		"Mo 09:00-18:00; Tu closed": "[closed] must be a time, such as 09:00",
	} {
		if _, err := parseWeek(hours); err == nil || err.Error() != expected {
			t.Errorf("%s: %v", hours, err)
		}
	}
}
