/** A fault of the environment (port, folder, disk, database), in a sentence that an administrator can act on. */

/** Wrong use of the command line. Its message is shown with a hint at the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Its message is shown as it is, without a stack: it says what is wrong and what to do. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
}
