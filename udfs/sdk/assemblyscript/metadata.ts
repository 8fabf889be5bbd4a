// The exports of every function. `quidditch udf build` gives all exports the names of the contract.

import { RESULT } from "./abi";
import { storeParameters, storeSummary } from "./parameter";

export { allocateForHost as cabi_realloc } from "./abi";
export { memoryMib as metadata__memory_mib } from "./parameter";

export function metadata__summary(): usize {
  storeSummary(RESULT);
  return RESULT;
}

export function metadata__parameters(): usize {
  storeParameters(RESULT);
  return RESULT;
}
