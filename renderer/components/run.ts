/** Starts work whose failure the user cannot mend. */

/** A failure goes to the console, which the main process logs. */
export function run(work: Promise<unknown>): void {
  work.catch((error: unknown) => console.error(error));
}
