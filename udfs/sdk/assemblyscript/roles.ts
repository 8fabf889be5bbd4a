// The roles of a function. A function extends `Filter`, `Scorer` or `Values`, and registers its class.
//
// An object is a function that is bound to the arguments of one query clause, which its constructor gets. One
// instance of a component may be bound any number of times, and all bound functions may be used at the same time. So
// keep all state in the object, and none in globals.

import { Arguments } from "./arguments";
import { Batch } from "./batch";
import { AnyColumn, ColumnRequest, Kind } from "./column";

/** Decides which documents to keep. */
export abstract class Filter {
  /** The columns of its batches. Every call must return the same. */
  columns(): StaticArray<ColumnRequest> {
    return [];
  }

  /** What the filter can only match in, which spares the host reading other documents. By default nothing is known. */
  ranges(): StaticArray<Range> {
    return [];
  }

  /** Sets `kept[i]` for each document to keep; at first, all are `false`. */
  abstract keep(batch: Batch, kept: StaticArray<bool>): void;
}

/**
 * The filter keeps no document without a value from `min` to `max`, both included, in the column with this index. If
 * `min` is greater than `max`, these are the values of at least `min` or at most `max`, such as longitudes across the
 * date line.
 *
 * A range that is too narrow loses matches.
 */
export class Range {
  constructor(readonly column: u32, readonly min: f64, readonly max: f64) {}
}

/** Computes the scores of documents. */
export abstract class Scorer {
  /** The columns of its batches. Every call must return the same. */
  columns(): StaticArray<ColumnRequest> {
    return [];
  }

  /** Whether it needs the scores so far. Computing them takes time. */
  needsScore(): bool {
    return false;
  }

  /**
   * No document whose score so far is at most `score`, which may be infinite, gets more than this. By default no
   * bound is known. A bound that is too low loses hits.
   */
  maxScore(score: f32): f32 {
    return Infinity;
  }

  /**
   * Sets the score of each document, finite and not negative. At first, `scores` are the scores so far, or 0 if it
   * needs none.
   */
  abstract score(batch: Batch, scores: StaticArray<f32>): void;
}

/** Computes values of documents, which a request uses like the values of a field. */
export abstract class Values {
  /** The columns of its batches. Every call must return the same. */
  columns(): StaticArray<ColumnRequest> {
    return [];
  }

  /** The type of the values. */
  abstract kind(): Kind;

  /** Returns the values of each document: none, one or several, in any order. Numbers must be finite. */
  abstract compute(batch: Batch): AnyColumn;
}

export let bindFilter = changetype<(args: Arguments) => Filter>(0);
export let bindScorer = changetype<(args: Arguments) => Scorer>(0);
export let bindValues = changetype<(args: Arguments) => Values>(0);

/** Registers the class of the function's filter. Call it at the top level. */
export function filter<T extends Filter>(): void {
  bindFilter = (args: Arguments): Filter => instantiate<T>(args);
}

/** Registers the class of the function's scorer. Call it at the top level. */
export function scorer<T extends Scorer>(): void {
  bindScorer = (args: Arguments): Scorer => instantiate<T>(args);
}

/** Registers the class of the function's values. Call it at the top level. */
export function values<T extends Values>(): void {
  bindValues = (args: Arguments): Values => instantiate<T>(args);
}
