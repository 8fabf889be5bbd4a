package abi

import (
	"path"
	"runtime"
	"strconv"
	"strings"

	"quidditch"
)

// exit ends the call with a trap.
//
//go:wasmimport wasi_snapshot_preview1 proc_exit
func exit(code int32)

// trap ends the call that panicked. The host reports the last error of the log as the reason.
func trap(reason any) {
	quidditch.Log(quidditch.Error, message(reason)+location())
	exit(2)
}

func message(reason any) string {
	switch reason := reason.(type) {
	case error:
		return reason.Error()
	case interface{ String() string }:
		return reason.String()
	case string:
		return reason
	default:
		return "panic"
	}
}

// location returns the line of the author's code that panicked, or that called what panicked in this library.
func location() string {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	for {
		frame, more := frames.Next()
		isAuthors := !strings.HasPrefix(frame.Function, "runtime.") && !strings.HasPrefix(frame.Function, "quidditch")
		if isAuthors && frame.Function != "" {
			return ", " + path.Base(frame.File) + " line " + strconv.Itoa(frame.Line)
		}
		if !more {
			return ""
		}
	}
}
