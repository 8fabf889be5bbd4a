package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const minutesOfDay = 24 * 60

// week is when a place is open in every week, by the days on which it opens, from Monday.
type week [7][]opening

// opening is from one minute of a day to another, which is not included. One past midnight ends on the next day.
type opening struct {
	from, to int
}

// isOpen returns whether the place is open at a minute of the week, which begins on Monday.
func (w *week) isOpen(minute int) bool {
	today := minute / minutesOfDay
	yesterday := (today + 6) % 7
	now := minute % minutesOfDay
	for _, opening := range w[today] {
		if opening.from <= now && now < opening.to {
			return true
		}
	}
	for _, opening := range w[yesterday] {
		if now+minutesOfDay < opening.to {
			return true
		}
	}
	return false
}

// parseWeek parses opening times: "24/7", or rules that semicolons separate, such as "Mo-Fr 09:00-12:30,14:00-18:00;
// Sa 10:00-14:00; We off". A later rule replaces what earlier ones say of its days.
func parseWeek(text string) (week, error) {
	var w week
	if strings.TrimSpace(text) == "24/7" {
		for day := range w {
			w[day] = []opening{{0, minutesOfDay}}
		}
		return w, nil
	}
	for rule := range strings.SplitSeq(text, ";") {
		days, times, ok := strings.Cut(strings.TrimSpace(rule), " ")
		if !ok {
			return week{}, fmt.Errorf("[%s] must be days and times", rule)
		}
		openings, err := parseOpenings(strings.TrimSpace(times))
		if err != nil {
			return week{}, err
		}
		for span := range strings.SplitSeq(days, ",") {
			first, last, err := parseDays(span)
			if err != nil {
				return week{}, err
			}
			for day := first; ; day = (day + 1) % 7 {
				w[day] = openings
				if day == last {
					break
				}
			}
		}
	}
	return w, nil
}

var dayNames = []string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

// parseDays parses one day, such as "Mo", or from one to another, such as "Sa-Mo".
func parseDays(text string) (first, last int, err error) {
	from, to, isSpan := strings.Cut(text, "-")
	if !isSpan {
		to = from
	}
	first, last = slices.Index(dayNames, from), slices.Index(dayNames, to)
	if first < 0 || last < 0 {
		return 0, 0, fmt.Errorf("[%s] must be days, such as Mo or Mo-Fr", text)
	}
	return first, last, nil
}

// parseOpenings parses openings that commas separate, or "off".
func parseOpenings(text string) ([]opening, error) {
	if text == "off" {
		return nil, nil
	}
	var openings []opening
	for span := range strings.SplitSeq(text, ",") {
		from, to, _ := strings.Cut(strings.TrimSpace(span), "-")
		start, err := parseTime(from)
		if err != nil {
			return nil, err
		}
		end, err := parseTime(to)
		if err != nil {
			return nil, err
		}
		if end <= start { // past midnight
			end += minutesOfDay
		}
		openings = append(openings, opening{start, end})
	}
	return openings, nil
}

// parseTime parses a time from 00:00 to 24:00, and returns its minute of the day.
func parseTime(text string) (int, error) {
	hours, minutes, _ := strings.Cut(text, ":")
	hour, hourErr := strconv.ParseUint(hours, 10, 8)
	minute, minuteErr := strconv.ParseUint(minutes, 10, 8)
	time := int(hour*60 + minute)
	if hourErr != nil || minuteErr != nil || minute > 59 || time > minutesOfDay {
		return 0, fmt.Errorf("[%s] must be a time, such as 09:00", text)
	}
	return time, nil
}
