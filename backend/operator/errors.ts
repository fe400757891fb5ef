/** The command line is wrong: exit 2 with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What an operator asked for cannot be done, and the message says why: exit 1. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
