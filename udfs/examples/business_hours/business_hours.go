// Command business_hours is a filter: it keeps places that are open at a given time, each by the clock of its own time
// zone.
package main

import (
	"strings"
	"time"
	_ "time/tzdata" // the time zones: a function has no files to read them from

	"quidditch"
	"quidditch/filter"
)

func init() {
	quidditch.Describe(quidditch.Function{
		Summary: "Keeps places that are open at a given time, by their opening times and time zones. Places without either, " +
			"or with one that is not understood, are dropped.",
		Parameters: []quidditch.Parameter{
			{Name: "hours", Kind: quidditch.Field, Required: true,
				Summary: "The keyword field with opening times, such as Mo-Fr 09:00-18:00; Sa 10:00-14:00."},
			{Name: "zone", Kind: quidditch.Field, Required: true,
				Summary: "The keyword field with the name of the time zone, such as Europe/Berlin."},
			{Name: "at", Kind: quidditch.Text, Required: true,
				Summary: "The time, with its offset from UTC, such as 2026-03-27T12:30:00Z or 2026-03-27T13:30:00+01:00."},
		},
	})
	filter.Export(bind)
}

func main() {}

// businessHours is the filter for one clause of a query.
type businessHours struct {
	hours, zone quidditch.TextRequest
	at          time.Time
	// locals has the time in each zone that was asked for so far, also if it is unknown: looking for a zone takes longer
	// than all else.
	locals map[string]local
}

// maxLocals is the number of zones that are remembered. There are 600: more are in a field that has something else.
const maxLocals = 10_000

// local is the time on the clocks of a zone.
type local struct {
	minute  int // of the week
	isKnown bool
}

func bind(clause *filter.Clause) (filter.Keep, error) {
	at, err := time.Parse(time.RFC3339, clause.Text("at"))
	if err != nil {
		return nil, quidditch.InvalidArgument("parameter [at] must be a time with an offset, such as 2026-03-27T12:30:00Z")
	}
	f := businessHours{
		hours:  clause.RequestTexts(clause.Text("hours")),
		zone:   clause.RequestTexts(clause.Text("zone")),
		at:     at,
		locals: make(map[string]local),
	}
	return f.keep, nil
}

func (f *businessHours) keep(batch *quidditch.Batch, keep []bool) error {
	hours, zones := f.hours.In(batch), f.zone.In(batch)

	// Texts are parsed once for each distinct one: most places share their zone and many their opening times.
	weeks := make([]week, len(hours.Distinct))
	for code, text := range hours.Distinct {
		var err error
		if weeks[code], err = parseWeek(text); err != nil {
			quidditch.Log(quidditch.Warn, "opening times ["+text+"]: "+err.Error())
		}
	}
	locals := make([]local, len(zones.Distinct))
	for code, name := range zones.Distinct {
		locals[code] = f.local(name)
	}

	for i := range keep {
		zone := zones.Of(i)
		if len(zone) != 1 || !locals[zone[0]].isKnown {
			continue // the values of two fields cannot be paired, so a place has one zone
		}
		for _, code := range hours.Of(i) {
			keep[i] = keep[i] || weeks[code].isOpen(locals[zone[0]].minute)
		}
	}
	return nil
}

// local returns the time in a zone.
func (f *businessHours) local(name string) local {
	if found, ok := f.locals[name]; ok {
		return found
	}
	found := localAt(f.at, name)
	if !found.isKnown {
		quidditch.Log(quidditch.Warn, "unknown time zone ["+name+"]")
	}
	if len(f.locals) < maxLocals {
		// The name is a part of all texts of the batch, which would be kept with it.
		f.locals[strings.Clone(name)] = found
	}
	return found
}

// localAt looks for a zone.
func localAt(at time.Time, name string) local {
	location, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" { // the last two are special in Go, and no time zones
		return local{}
	}
	at = at.In(location)
	day := (int(at.Weekday()) + 6) % 7 // from Monday
	return local{minute: day*minutesOfDay + at.Hour()*60 + at.Minute(), isKnown: true}
}
