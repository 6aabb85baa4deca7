/** A fault of the environment (port, folder, disk, database), in a sentence that an administrator can act on. */

/** Wrong use of the command line. Its message is shown with a hint at the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Its message is shown as it is, without a stack: it says what is wrong and what to do. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
}

/** For every command but those that make a collector: a mistyped folder must not become a second, empty one. */
export function noCollectorIn(dataDirectory: string): CollectorError {
  return new CollectorError(
    `There is no collector in ${dataDirectory}. Check --data: it names the folder that the collector was started with. ` +
      `To make a new collector there, first run: npm run collector -- serve --data ${dataDirectory} --port 8437`,
  );
}
