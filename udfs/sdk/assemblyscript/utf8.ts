// Strings are UTF-8 outside, and UTF-16 inside. (The standard library's conversion is twice as large.)

import { allocate } from "./runtime";

/** Decodes UTF-8, which must be valid. */
export function decode(bytes: usize, length: u32): string {
  const start = allocate(2 * length, idof<String>());
  const end = bytes + length;
  let to = start;
  while (bytes < end) {
    let code: u32 = load<u8>(bytes++);
    if (code > 0x7f) {
      // The first byte begins with as many ones as there are bytes.
      let more = clz(~(code << 24)) - 1;
      code &= 0x3f >> more;
      for (; more; more--) code = (code << 6) | (load<u8>(bytes++) & 0x3f);
    }
    if (code > 0xffff) {
      store<u16>(to, 0xd7c0 + (code >> 10));
      to += 2;
      code = 0xdc00 | (code & 0x3ff);
    }
    store<u16>(to, code);
    to += 2;
  }
  return changetype<string>(shrink(start, to));
}

/** Encodes a string; replaces halves of a surrogate pair by `U+FFFD`. */
export function encode(text: string): StaticArray<u8> {
  const start = allocate(3 * text.length, idof<StaticArray<u8>>());
  return changetype<StaticArray<u8>>(shrink(start, encodeTo(start, text)));
}

/**
 * Encodes a string, which takes at most 3 bytes for each of its units. Returns the address of the first byte after
 * it.
 */
export function encodeTo(to: usize, text: string): usize {
  let from = changetype<usize>(text);
  const end = from + 2 * text.length;
  for (; from < end; from += 2) {
    let code: u32 = load<u16>(from);
    if ((code & 0xf800) == 0xd800) {
      // A pair: first 0xd800 to 0xdbff, then 0xdc00 to 0xdfff.
      const second: u32 = from + 2 < end ? load<u16>(from, 2) ^ 0xdc00 : 0xffff;
      if (code < 0xdc00 && second < 0x400) {
        code = 0x10000 + ((code & 0x3ff) << 10) + second;
        from += 2;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) {
      store<u8>(to++, code);
      continue;
    }
    let more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    store<u8>(to++, (0xff00 >> (more + 1)) | (code >> (6 * more)));
    while (more--) store<u8>(to++, 0x80 | ((code >> (6 * more)) & 0x3f));
  }
  return to;
}

/** Reduces the size of an object. */
function shrink(object: usize, end: usize): usize {
  store<u32>(object - 4, end - object);
  return object;
}
