/** The plain sentence for a technical reason, with a short code that can be read out over the phone. */
import type { PlainKey } from '../../shared/i18n/strings.ts';

/** Error codes of the operating system, as Node names them, then the agent's own words. The first that fits counts. */
const faults = [
  [/\b(?:ENOSPC|EDQUOT)\b/u, 'gate.fault.full'],
  [/\b(?:EACCES|EPERM|EROFS)\b/u, 'gate.fault.refused'],
  [/\b(?:EIO|EBADMSG|EUCLEAN)\b/u, 'gate.fault.disk'],
  [/\b(?:ENOENT|ENOTDIR)\b/u, 'gate.fault.missing'],
  [/\b(?:ETIMEDOUT|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)\b/u, 'gate.fault.network'],
  [/\b(?:no answer within|not answer in time)\b/u, 'gate.fault.slow'],
  [/\bpolicy\.(?:json|\w\w-\w\w\.md)\b/u, 'gate.fault.policy'],
] as const satisfies readonly (readonly [RegExp, PlainKey])[];

/** Undefined for a reason that none of the sentences would describe. */
export function plainFault(detail: string): PlainKey | undefined {
  return faults.find(([pattern]) => pattern.test(detail))?.[1];
}
