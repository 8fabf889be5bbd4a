// What the exports of all roles have in common.

import { RESULT, storeText } from "./abi";
import { Call } from "./call";

/** Stores the error of a call in its result, if there is one. `at` is where a successful result would be. */
export function storeError(call: Call, at: usize): bool {
  const error = call.error;
  store<bool>(RESULT, error != null);
  if (!error) return false;
  store<bool>(at, !call.isInvalidArgument);
  storeText(at + 4, error);
  return true;
}
