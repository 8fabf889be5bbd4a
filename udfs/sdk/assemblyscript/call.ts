/** A call of the host, and the error that it returns. */
export class Call {
  error: string | null = null;
  isInvalidArgument: bool = false;

  /**
   * Returns an error in the caller's request, such as `parameter [min] must not be negative`. As with `fail`, the
   * code after it still runs, but its result is ignored. If there are several errors, the first counts.
   */
  reject(message: string): void {
    this.isInvalidArgument = !this.error || this.isInvalidArgument;
    this.fail(message);
  }

  /** Returns an error that is not due to the arguments. */
  fail(message: string): void {
    if (!this.error) this.error = message;
  }
}
