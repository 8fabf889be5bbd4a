// Messages for the author of a function. The host drops them unless it logs them, and limits their number and length.

import { allocate } from "./runtime";
import { encode, encodeTo } from "./utf8";

// @ts-ignore: an import of the component
@external("quidditch:udf/log@0.2.0", "log")
declare function send(level: Level, bytes: usize, length: usize): void;

/** In the order of the contract. */
const enum Level {
  Debug,
  Info,
  Warn,
  Error,
}

/** Takes the place of the global `console`. */
export namespace console {
  export function log(message: string): void {
    write(Level.Info, message);
  }

  export function debug(message: string): void {
    write(Level.Debug, message);
  }

  export function info(message: string): void {
    write(Level.Info, message);
  }

  export function warn(message: string): void {
    write(Level.Warn, message);
  }

  export function error(message: string): void {
    write(Level.Error, message);
  }
}

function write(level: Level, message: string): void {
  const bytes = encode(message);
  send(level, changetype<usize>(bytes), bytes.length);
}

/** Ends the call. The host reports the last message of level `error` as the reason of a trap. */
export function panic(message: string): void {
  write(Level.Error, message);
  unreachable();
}

/**
 * Takes the place of the global `abort`, which is called for `throw`, a failed `assert`, or an index out of range. An
 * `assert` without a message passes none.
 */
export function abort(message: string | null = null, file: string = "", line: u32 = 0, column: u32 = 0): void {
  const reason = message ? message : "failed";
  const start = allocate(3 * (reason.length + file.length) + 16, idof<ArrayBuffer>());
  let end = encodeTo(start, reason);
  end = encodeTo(end, ", ");
  end = encodeTo(end, file);
  store<u8>(end, 0x3a); // :
  end = encodeNumber(end + 1, line);
  send(Level.Error, start, end - start);
  unreachable();
}

function encodeNumber(to: usize, number: u32): usize {
  if (number > 9) to = encodeNumber(to, number / 10);
  store<u8>(to, 0x30 + (number % 10));
  return to + 1;
}
