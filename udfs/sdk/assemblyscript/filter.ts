// The exports of a filter.

import { RESULT, storeList, storeRecords, zeros } from "./abi";
import { Arguments } from "./arguments";
import { Batch } from "./batch";
import { storeRequests } from "./column";
import { storeError } from "./exports";
import { Filter, bindFilter } from "./roles";
import { collect, pin, unpin } from "./runtime";

export * from "./metadata";
export { release as filter__bind__post, release as filter__keep__post } from "./abi";

// @ts-ignore: an import of the component
@external("[export]quidditch:udf/filter@0.2.0", "[resource-new]bound-filter")
declare function handle(bound: Filter): u32;

export function filter__bind(first: usize, count: u32): usize {
  const args = new Arguments(first, count);
  const bound = bindFilter(args);
  if (!storeError(args, RESULT + 4)) {
    pin(changetype<usize>(bound));
    store<u32>(RESULT, handle(bound), 4);
  }
  return RESULT;
}

export function filter__drop(bound: Filter): void {
  unpin(changetype<usize>(bound));
}

export function filter__columns(bound: Filter): usize {
  collect();
  storeRequests(RESULT, bound.columns());
  return RESULT;
}

export function filter__ranges(bound: Filter): usize {
  collect();
  const ranges = bound.ranges();
  const records = storeRecords(RESULT, ranges.length, 24);
  for (let i = 0; i < ranges.length; i++) {
    const record = records + 24 * i;
    const range = unchecked(ranges[i]);
    store<u32>(record, range.column);
    store<f64>(record, range.min, 8);
    store<f64>(record, range.max, 16);
  }
  return RESULT;
}

export function filter__keep(
  bound: Filter,
  length: i32,
  scores: usize,
  scoreCount: u32,
  columns: usize,
  columnCount: u32,
): usize {
  const batch = new Batch(length, columns, columnCount);
  const kept = zeros<bool>(length);
  bound.keep(batch, kept);
  if (!storeError(batch, RESULT + 4)) storeList(RESULT + 4, kept);
  return RESULT;
}
