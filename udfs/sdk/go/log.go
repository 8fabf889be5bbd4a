package quidditch

import "strings"

// Level is the importance of a line of the log.
type Level uint32

const (
	Debug Level = iota
	Info
	Warn
	Error
)

// Log sends a line to the author of the function. The host drops it unless it logs, as `quidditch udf run` does.
// Standard output and standard error are also logged, at the levels Info and Error.
func Log(level Level, message string) {
	log(level, strings.ToValidUTF8(message, "�"))
}
