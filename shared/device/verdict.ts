/** The verdict on a volume, and on the device that holds it: can someone who finds it read the files? */
import { z } from 'zod';

/**
 * `encrypted`: encrypted, and open now. `not-encrypted`: files lie in the clear. `being-encrypted`: a program is
 * encrypting it in place, and a part still lies in the clear. `locked`: encrypted, and waiting for its password.
 * `cannot-tell`: everything else, above all content that looks like noise.
 *
 * The words of a verdict have its name in their keys: `media-warning.short.<verdict>`, and for one that is a problem
 * `media-warning.<verdict>` with `.why` and `.do`.
 */
const verdicts = ['encrypted', 'not-encrypted', 'being-encrypted', 'locked', 'cannot-tell'] as const;
export const verdictSchema = z.enum(verdicts);
export type Verdict = z.infer<typeof verdictSchema>;

interface VerdictTraits {
  /** The verdict of higher severity decides for the whole device. No two verdicts share one. */
  readonly severity: number;
  /** Where the school requires encryption, the agent warns of a device with this verdict. */
  readonly isProblem: boolean;
}

const traits = {
  encrypted: { severity: 0, isProblem: false },
  locked: { severity: 1, isProblem: false },
  'cannot-tell': { severity: 2, isProblem: true },
  // Files in the clear are certain harm; content that cannot be read may be harmless.
  'being-encrypted': { severity: 3, isProblem: true },
  'not-encrypted': { severity: 4, isProblem: true },
} as const satisfies Readonly<Record<Verdict, VerdictTraits>>;

type ProblemVerdict = { [V in Verdict]: (typeof traits)[V]['isProblem'] extends true ? V : never }[Verdict];

export function isProblemVerdict(verdict: Verdict): verdict is ProblemVerdict {
  return traits[verdict].isProblem;
}

/** @returns a negative number where `one` is worse than `other`, so that sorting puts the worst first. */
export function compareVerdicts(one: Verdict, other: Verdict): number {
  return traits[other].severity - traits[one].severity;
}

/** The worst of them; `cannot-tell` of none at all. */
export function worstVerdict(found: readonly Verdict[]): Verdict {
  return found.toSorted(compareVerdicts)[0] ?? 'cannot-tell';
}

/** What can be wrong with a device. The school decides which of these it asks for. */
const deviceProblems = [...verdicts.filter(isProblemVerdict), 'not-approved' as const];
export const deviceProblemSchema = z.enum(deviceProblems);
export type DeviceProblem = z.infer<typeof deviceProblemSchema>;
