//go:build !wasm

package quidditch

// In native tests, the log is standard error.
func log(level Level, message string) {
	println([...]string{"debug", "info", "warn", "error"}[level]+":", message)
}
