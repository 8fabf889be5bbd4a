import { storeList, storeRecords, storeText } from "./abi";
import { decode, encode } from "./utf8";

/** The type of the values of a column, in the order of the contract. */
export enum Kind {
  Booleans,
  Integers,
  Floats,
  Texts,
  /** Milliseconds since the Unix epoch, as integers. */
  Dates,
}

/** A field whose values a function needs for every document. */
export class ColumnRequest {
  constructor(readonly field: string, readonly kind: Kind) {}

  static booleans(field: string): ColumnRequest {
    return new ColumnRequest(field, Kind.Booleans);
  }

  static integers(field: string): ColumnRequest {
    return new ColumnRequest(field, Kind.Integers);
  }

  static floats(field: string): ColumnRequest {
    return new ColumnRequest(field, Kind.Floats);
  }

  static texts(field: string): ColumnRequest {
    return new ColumnRequest(field, Kind.Texts);
  }

  static dates(field: string): ColumnRequest {
    return new ColumnRequest(field, Kind.Dates);
  }
}

/** The size of a request in memory. */
const REQUEST: u32 = 12;

/** Stores the requests in the result of `columns`. */
export function storeRequests(at: usize, requests: StaticArray<ColumnRequest>): void {
  const records = storeRecords(at, requests.length, REQUEST);
  for (let i = 0; i < requests.length; i++) {
    const record = records + i * REQUEST;
    const request = unchecked(requests[i]);
    storeText(record, request.field);
    store<u8>(record, request.kind, 8);
  }
}

/** The cases of the values of a column, in the order of the contract. */
export const enum Case {
  Booleans,
  Integers,
  Floats,
  Texts,
}

/** A column of any kind. In memory: case of the values (1 byte), padding to 4, values (24), starts (8). */
export interface AnyColumn {
  store(at: usize): void;
}

/**
 * The values of a batch of documents in one field: `bool`, `i64` (also for dates) or `f64`.
 *
 * Those of document `i` are `values[j]` for `j` from `start(i)` to before `end(i)`, in ascending order; a document
 * without a value has none. (The columns of a geo point are not sorted: the same positions of both are one point.)
 */
export class Column<T> implements AnyColumn {
  /** Empty `starts` means exactly one value per document. Otherwise, there is one more than there are documents. */
  constructor(readonly values: StaticArray<T>, readonly starts: StaticArray<u32> = []) {}

  // @ts-ignore: decorator
  @inline
  start(document: i32): i32 {
    return this.starts.length ? unchecked(this.starts[document]) : document;
  }

  // @ts-ignore: decorator
  @inline
  end(document: i32): i32 {
    return this.starts.length ? unchecked(this.starts[document + 1]) : document + 1;
  }

  /** Whether the document has a value. */
  // @ts-ignore: decorator
  @inline
  has(document: i32): bool {
    return this.start(document) < this.end(document);
  }

  /** The first value of a document that has one: the smallest. */
  // @ts-ignore: decorator
  @inline
  first(document: i32): T {
    return this.values[this.start(document)];
  }

  /** The last value of a document that has one: the largest. */
  // @ts-ignore: decorator
  @inline
  last(document: i32): T {
    return this.values[this.end(document) - 1];
  }

  store(at: usize): void {
    store<u8>(at, isFloat<T>() ? Case.Floats : sizeof<T>() == 1 ? Case.Booleans : Case.Integers);
    storeList(at + 4, this.values);
    storeList(at + 28, this.starts);
  }
}

/**
 * A column of texts. Its values are codes of the batch's distinct texts: computing something once for each of these,
 * in a loop to `distinct`, is cheaper than once for each value.
 */
export class Texts extends Column<u32> {
  constructor(
    codes: StaticArray<u32>,
    /** Text `i` is `bytes` from `ends[i - 1]` (0 for the first) to `ends[i]`, in UTF-8. */
    readonly ends: StaticArray<u32>,
    readonly bytes: StaticArray<u8>,
    starts: StaticArray<u32> = [],
  ) {
    super(codes, starts);
  }

  /** The number of distinct texts. */
  get distinct(): i32 {
    return this.ends.length;
  }

  /** The text with this code. */
  text(code: u32): string {
    const start: u32 = code ? this.ends[code - 1] : 0;
    return decode(changetype<usize>(this.bytes) + start, this.ends[code] - start);
  }

  store(at: usize): void {
    super.store(at);
    store<u8>(at, Case.Texts);
    storeList(at + 12, this.ends);
    storeList(at + 20, this.bytes);
  }
}

/** Builds a column document by document: `push` each value, then call `endDocument`. */
export class ColumnBuilder<T> {
  private readonly values: T[] = [];
  private readonly starts: u32[] = [0];

  push(value: T): void {
    this.values.push(value);
  }

  endDocument(): void {
    this.starts.push(this.values.length);
  }

  finish(): Column<T> {
    return new Column(StaticArray.fromArray(this.values), StaticArray.fromArray(this.starts));
  }
}

/** Builds a column of texts document by document. Equal neighbours are stored once. */
export class TextsBuilder {
  private readonly codes: u32[] = [];
  private readonly starts: u32[] = [0];
  private readonly ends: u32[] = [];
  private bytes: StaticArray<u8> = new StaticArray<u8>(256);
  private length: i32 = 0;
  private last: string | null = null;

  push(text: string): void {
    if (this.last != text) {
      this.append(text);
      this.last = text;
    }
    this.codes.push(this.ends.length - 1);
  }

  endDocument(): void {
    this.starts.push(this.codes.length);
  }

  finish(): Texts {
    return new Texts(
      StaticArray.fromArray(this.codes),
      StaticArray.fromArray(this.ends),
      this.bytes.slice<StaticArray<u8>>(0, this.length),
      StaticArray.fromArray(this.starts),
    );
  }

  private append(text: string): void {
    const encoded = encode(text);
    const length = this.length + encoded.length;
    if (length > this.bytes.length) {
      const larger = new StaticArray<u8>(2 * length);
      memory.copy(changetype<usize>(larger), changetype<usize>(this.bytes), this.length);
      this.bytes = larger;
    }
    memory.copy(changetype<usize>(this.bytes) + this.length, changetype<usize>(encoded), encoded.length);
    this.length = length;
    this.ends.push(length);
  }
}
