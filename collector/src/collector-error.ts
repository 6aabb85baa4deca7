/** A fault of the surroundings (port, folder, disk, database) told in a sentence that an administrator can act on. */

/** Its message is shown as it is, without a stack: it says what is wrong and what to do. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
}
