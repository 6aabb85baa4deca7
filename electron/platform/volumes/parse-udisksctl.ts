/** Finds out why udisks, umount or eject did not release a drive. */
import type { EjectProblem } from './eject-port.ts';

/** `not-there`: the tool found no service or nothing to do, which is no refusal. */
export type ToolRefusal = EjectProblem['kind'] | 'not-there';

/**
 * Reads the tool's own words in the C locale: the D-Bus error names of udisks (`org.freedesktop.UDisks2.Error.…`), and
 * errno texts of umount(8) and eject(1).
 */
export function classifyRefusal(stderr: string): ToolRefusal {
  if (/Error connecting to the udisks daemon|ServiceUnknown|Could not connect/u.test(stderr))
    return 'not-there';
  if (/Error\.NotMounted|not mounted|no mount point specified/u.test(stderr)) return 'not-there';
  if (/Error\.DeviceBusy|target is busy|device is busy|in use/iu.test(stderr)) return 'in-use';
  if (
    /Error\.NotAuthorized|NotAuthenticated|must be superuser|not permitted|Permission denied/u.test(stderr)
  ) {
    return 'refused';
  }
  if (/Error looking up object|No such interface|No such device|no medium found/iu.test(stderr))
    return 'gone';
  return 'failed';
}

/**
 * The last words of a refusal. The words before them are a path, and names of sticks and home folders may name a
 * person.
 */
export function describeRefusal(stderr: string): string {
  const words = (stderr.trim().split('\n').at(-1) ?? '').split(': ').at(-1) ?? '';
  return words.includes('/') ? '' : words.slice(0, 300);
}
