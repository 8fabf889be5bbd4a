package quidditch

//go:wasmimport quidditch:udf/log@0.2.0 log
func log(level Level, message string)
