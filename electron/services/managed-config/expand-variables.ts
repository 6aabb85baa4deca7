/** Fills in environment variables in a path that an administrator has set. */

/**
 * Fills in what stands for a part of the person's or the PC's environment: `%USERNAME%` in an administrator's path.
 * A name that is not set is left as it is written, where it is seen.
 */
export function expandVariables(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return path.replaceAll(/%([A-Za-z0-9_()]+)%/gu, (whole, name: string) => {
    const found = Object.entries(environment).find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1];
    // `USERNAME` is what contract and administrators write; other systems call it `USER`.
    return found ?? (name.toUpperCase() === 'USERNAME' ? environment['USER'] : undefined) ?? whole;
  });
}
