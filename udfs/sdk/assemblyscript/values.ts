// The exports of values.

import { RESULT } from "./abi";
import { Arguments } from "./arguments";
import { Batch } from "./batch";
import { storeRequests } from "./column";
import { storeError } from "./exports";
import { Values, bindValues } from "./roles";
import { collect, pin, unpin } from "./runtime";

export * from "./metadata";
export { release as values__bind__post, release as values__compute__post } from "./abi";

// @ts-ignore: an import of the component
@external("[export]quidditch:udf/values@0.2.0", "[resource-new]bound-values")
declare function handle(bound: Values): u32;

export function values__bind(first: usize, count: u32): usize {
  const args = new Arguments(first, count);
  const bound = bindValues(args);
  if (!storeError(args, RESULT + 4)) {
    pin(changetype<usize>(bound));
    store<u32>(RESULT, handle(bound), 4);
  }
  return RESULT;
}

export function values__drop(bound: Values): void {
  unpin(changetype<usize>(bound));
}

export function values__columns(bound: Values): usize {
  collect();
  storeRequests(RESULT, bound.columns());
  return RESULT;
}

export function values__kind(bound: Values): i32 {
  return bound.kind();
}

export function values__compute(
  bound: Values,
  length: i32,
  scores: usize,
  scoreCount: u32,
  columns: usize,
  columnCount: u32,
): usize {
  const batch = new Batch(length, columns, columnCount);
  const column = bound.compute(batch);
  if (!storeError(batch, RESULT + 4)) column.store(RESULT + 4);
  return RESULT;
}
