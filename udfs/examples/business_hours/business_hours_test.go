package main

import (
	"strconv"
	"testing"
	"time"
)

func newFilter() businessHours {
	at := time.Date(2026, time.March, 27, 16, 30, 0, 0, time.UTC) // a Friday
	return businessHours{at: at, locals: make(map[string]local)}
}

func TestZonesAreLookedForOnce(t *testing.T) {
	f := newFilter()
	for name, expected := range map[string]local{
		"Europe/Berlin": {minute: minute(friday, 17, 30), isKnown: true},
		"Atlantis":      {},
		"":              {},
		"Local":         {},
	} {
		if found := f.local(name); found != expected {
			t.Errorf("%s: %v", name, found)
		}
		if remembered, ok := f.locals[name]; !ok || remembered != expected {
			t.Errorf("%s is not remembered", name)
		}
		// What is remembered counts.
		f.locals[name] = local{minute: 1}
		if found := f.local(name); found != (local{minute: 1}) {
			t.Errorf("%s was looked for again: %v", name, found)
		}
	}
}

func TestRememberedZonesAreLimited(t *testing.T) {
	f := newFilter()
	for i := range maxLocals {
		f.locals[strconv.Itoa(i)] = local{}
	}
	if found := f.local("UTC"); !found.isKnown || len(f.locals) != maxLocals {
		t.Errorf("%v, %d zones", found, len(f.locals))
	}
}
