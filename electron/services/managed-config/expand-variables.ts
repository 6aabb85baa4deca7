/** Replaces environment variables in a path that an administrator has set. */

/**
 * Replaces environment variables in a path from the configuration, such as `%USERNAME%`. A variable that is not set stays
 * as written, so that the technician sees it.
 */
export function expandVariables(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return path.replaceAll(/%([A-Za-z0-9_()]+)%/gu, (whole, name: string) => {
    const found = Object.entries(environment).find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1];
    // Administrators write `USERNAME` on every system; Linux calls it `USER`.
    return found ?? (name.toUpperCase() === 'USERNAME' ? environment['USER'] : undefined) ?? whole;
  });
}
