import { list, text } from "./abi";
import { Call } from "./call";
import { panic } from "./log";
import { encode } from "./utf8";

/** The cases of an argument, in the order of the contract. */
const enum Case {
  Boolean,
  Integer,
  Float,
  Text,
  Integers,
  Floats,
  Texts,
  Json,
}

/** The size of an argument in memory: its name (8 bytes), case (1), padding to 16, and value (8). */
const ARGUMENT: u32 = 24;

/**
 * The arguments of one query clause. The host has checked them against the declared parameters and filled in the
 * defaults. Reading one that was not declared, has another kind or was omitted is a bug, and traps; `has` says
 * whether an optional one is there.
 */
export class Arguments extends Call {
  constructor(private readonly first: usize, private readonly count: u32) {
    super();
  }

  has(name: string): bool {
    return this.find(name) != 0;
  }

  boolean(name: string): bool {
    return load<bool>(this.value(name, Case.Boolean));
  }

  integer(name: string): i64 {
    return load<i64>(this.value(name, Case.Integer));
  }

  float(name: string): f64 {
    return load<f64>(this.value(name, Case.Float));
  }

  /** A text, or the name of a field. */
  text(name: string): string {
    return text(this.value(name, Case.Text));
  }

  integers(name: string): StaticArray<i64> {
    return list<i64>(this.value(name, Case.Integers));
  }

  floats(name: string): StaticArray<f64> {
    return list<f64>(this.value(name, Case.Floats));
  }

  texts(name: string): StaticArray<string> {
    const at = this.value(name, Case.Texts);
    const first = load<usize>(at);
    const texts = new StaticArray<string>(load<i32>(at, 4));
    for (let i = 0; i < texts.length; i++) texts[i] = text(first + 8 * i);
    return texts;
  }

  /** A parameter of kind `json`, as it was written. */
  json(name: string): string {
    return text(this.value(name, Case.Json));
  }

  private find(name: string): usize {
    const wanted = encode(name);
    let at = this.first;
    for (let i: u32 = 0; i < this.count; i++) {
      if (equal(list<u8>(at), wanted)) return at;
      at += ARGUMENT;
    }
    return 0;
  }

  private value(name: string, expected: Case): usize {
    const at = this.find(name);
    if (!at || load<u8>(at, 8) != expected) panic("no such argument: " + name);
    return at + 16;
  }
}

function equal(a: StaticArray<u8>, b: StaticArray<u8>): bool {
  if (a.length != b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (unchecked(a[i] != b[i])) return false;
  }
  return true;
}
