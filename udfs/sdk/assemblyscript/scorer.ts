// The exports of a scorer.

import { RESULT, listOf, storeList, zeros } from "./abi";
import { Arguments } from "./arguments";
import { Batch } from "./batch";
import { storeRequests } from "./column";
import { storeError } from "./exports";
import { Scorer, bindScorer } from "./roles";
import { collect, pin, unpin } from "./runtime";

export * from "./metadata";
export { release as scorer__bind__post, release as scorer__score__post } from "./abi";

// @ts-ignore: an import of the component
@external("[export]quidditch:udf/scorer@0.2.0", "[resource-new]bound-scorer")
declare function handle(bound: Scorer): u32;

export function scorer__bind(first: usize, count: u32): usize {
  const args = new Arguments(first, count);
  const bound = bindScorer(args);
  if (!storeError(args, RESULT + 4)) {
    pin(changetype<usize>(bound));
    store<u32>(RESULT, handle(bound), 4);
  }
  return RESULT;
}

export function scorer__drop(bound: Scorer): void {
  unpin(changetype<usize>(bound));
}

export function scorer__columns(bound: Scorer): usize {
  collect();
  storeRequests(RESULT, bound.columns());
  return RESULT;
}

export function scorer__needs_score(bound: Scorer): bool {
  return bound.needsScore();
}

export function scorer__max_score(bound: Scorer, score: f32): f32 {
  return bound.maxScore(score);
}

export function scorer__score(
  bound: Scorer,
  length: i32,
  scores: usize,
  scoreCount: u32,
  columns: usize,
  columnCount: u32,
): usize {
  const batch = new Batch(length, columns, columnCount);
  // The scores so far are replaced in place.
  const result = scoreCount ? listOf<f32>(scores, scoreCount) : zeros<f32>(length);
  bound.score(batch, result);
  if (!storeError(batch, RESULT + 4)) storeList(RESULT + 4, result);
  return RESULT;
}
