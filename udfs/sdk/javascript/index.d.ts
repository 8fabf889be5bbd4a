/**
 * What the component exports. A function is a class for each of its roles. The host makes one object of it for each
 * clause of a query, and uses the objects of many clauses in turn: state belongs in them, never in global variables.
 *
 *     export const { metadata, filter } = define({ summary: "…", parameters, filter: AtLeast });
 *
 * Export `metadata` and the roles that the function has.
 */
export function define<const P extends Parameters>(description: {
  /** One or two sentences that describe the function. */
  summary: string;
  /** The host checks the arguments of each clause against them. */
  parameters?: P;
  /** The memory that an instance may need, in MiB, if that is more than the default of 64. */
  memoryMib?: number;
  filter?: new (args: Arguments<P>) => Filter;
  scorer?: new (args: Arguments<P>) => Scorer;
  values?: new (args: Arguments<P>) => Values;
}): Exports;

/** Opaque: only the host uses these. */
export interface Exports {
  readonly metadata: unknown;
  readonly filter: unknown;
  readonly scorer: unknown;
  readonly values: unknown;
}

// ---- Parameters -----------------------------------------------------------------------------------------------------

/** Parameters by their names, such as `{ min: { kind: "float", required: true, summary: "The smallest value." } }`. */
export type Parameters = { readonly [name: string]: Parameter };

export type Parameter = { [K in keyof ArgumentTypes]: ParameterOf<K> }[keyof ArgumentTypes];

/** A parameter is required, or it has a default, or its argument may be undefined. */
export interface ParameterOf<K extends keyof ArgumentTypes> {
  readonly kind: K;
  readonly required?: boolean;
  readonly default?: ArgumentTypes[K];
  readonly summary: string;
}

/** The types of arguments, by the kinds of their parameters. */
export interface ArgumentTypes {
  boolean: boolean;
  /** Exact up to 2^53. */
  integer: number;
  float: number;
  text: string;
  integers: readonly number[];
  floats: readonly number[];
  texts: readonly string[];
  /** Parsed JSON. */
  json: unknown;
  /** The name of a field. The host checks that the index has it. */
  field: string;
}

/** What a constructor receives: `Arguments<typeof parameters>`, for parameters that are declared `as const`. */
export type Arguments<P extends Parameters> = {
  readonly [N in keyof P]: P[N] extends { readonly required: true } | { readonly default: {} | null }
    ? ArgumentTypes[P[N]["kind"]]
    : ArgumentTypes[P[N]["kind"]] | undefined;
};

// ---- Roles ----------------------------------------------------------------------------------------------------------

/** Decides which documents to keep. */
export interface Filter {
  /** The fields to read. Called once, after the constructor. */
  columns(): ColumnRequest[];
  /**
   * The values without which the filter keeps no document. The host skips documents without them, so a range that is
   * too narrow loses matches.
   */
  ranges?(): Range[];
  /** Returns for each document whether to keep it; 0 and false drop it. */
  keep(batch: Batch): Uint8Array | readonly boolean[];
}

/** Computes scores. */
export interface Scorer {
  columns(): ColumnRequest[];
  /** Whether the batch should have the score so far of each document; false if there is no such method. */
  needsScore?(): boolean;
  /** The most that a document whose score so far is at most `score` gets; infinity if there is no such method. */
  maxScore?(score: number): number;
  /** Returns for each document its score, finite and not negative. */
  score(batch: Batch): Float32Array | readonly number[];
}

/** Computes values, which a request uses like those of a field. */
export interface Values {
  columns(): ColumnRequest[];
  /** The type of the values. */
  kind(): Kind;
  /** Returns for each document its values: none, one or several. */
  compute(batch: Batch): Computed;
}

export type Kind = "booleans" | "integers" | "floats" | "texts" | "dates";

/** A field whose values the function needs. */
export interface ColumnRequest {
  field: string;
  kind: Kind;
}

/** Values from `min` to `max`, both included, in the requested column with this index: one of numbers or dates. */
export interface Range {
  column: number;
  min: number;
  max: number;
}

// ---- Batches --------------------------------------------------------------------------------------------------------

/** Up to 4,096 documents. A function may change and return the arrays: they are those of this call alone. */
export interface Batch {
  /** The number of documents. */
  readonly length: number;
  /** The score so far of each document; empty unless the scorer needs it. */
  readonly scores: Float32Array;
  /** The requested column with this index. Its kind must be the requested one. */
  booleans(index: number): Column<Uint8Array>;
  /** The values are BigInts. Numbers are faster: request `floats`, which are exact up to 2^53. */
  integers(index: number): Column<BigInt64Array>;
  floats(index: number): Column<Float64Array>;
  /** Milliseconds since 1970, as in `new Date(value)`. */
  dates(index: number): Column<Float64Array>;
  texts(index: number): TextColumn;
}

/** The values of document `i` are those from `starts[i]` to `starts[i + 1]`: none, one or several, ascending. */
export interface Column<V> {
  readonly values: V;
  readonly starts: Uint32Array;
}

/**
 * Value `j` is `texts[codes[j]]`. Texts are distinct, so compute once for each of them:
 *
 *     const matches = texts.map((text) => this.pattern.test(text));
 */
export interface TextColumn {
  readonly codes: Uint32Array;
  readonly texts: string[];
  readonly starts: Uint32Array;
}

/**
 * Values of documents: `values`, of the type that `kind` returns, or for texts `codes` and `texts`. Dates are
 * milliseconds since 1970. Without `starts`, each document has one value.
 */
export type Computed = {
  readonly starts?: Uint32Array | readonly number[];
} & (
  | { readonly values: NumbersOrTexts }
  | { readonly codes: Uint32Array | readonly number[]; readonly texts: readonly string[] }
);

type NumbersOrTexts =
  | Uint8Array
  | BigInt64Array
  | Float64Array
  | readonly boolean[]
  | readonly bigint[]
  | readonly number[]
  | readonly string[];

// ---- Errors and messages --------------------------------------------------------------------------------------------

/** Thrown in a constructor, it tells the caller what is wrong: `parameter [min] must not be negative`. */
export class InvalidArgument extends Error {}

/** Messages for the author of the function. `quidditch udf run` shows them; most other hosts drop them. */
export const log: Record<"debug" | "info" | "warn" | "error", (message: unknown) => void>;
