/** Keeps what a person ticks and types while the gate is shut, and when each text was first on the screen. */
import type { Draft } from '../../../shared/policy/answers.ts';
import { answeredTextKey } from '../../../shared/policy/missing-answers.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';

type Names = Omit<Draft, 'ticked'>;

export interface Drafts {
  /** The text of this policy is on the screen. Only the first call for a text counts. */
  noteShown(policy: DuePolicy): void;
  /** When the text was first on the screen, ISO UTC; now, where it never was. */
  openedAtOf(policy: DuePolicy): string;
  /** Empty answers where the person has given none. */
  draftOf(policy: DuePolicy): Draft;
  saveNames(policyId: string, names: Names): void;
  saveTicked(policy: DuePolicy, statementIds: readonly string[]): void;
  clear(): void;
}

export function createDrafts(nowUtc: () => Date): Drafts {
  /** Ticks count for exactly the text and the statements that were on the screen. */
  const ticked = new Map<string, readonly string[]>();
  /** By policy id: name and role stay true when the text changes. */
  const names = new Map<string, Names>();
  const openedAt = new Map<string, string>();

  return {
    noteShown: (policy) => {
      const key = textKey(policy);
      if (!openedAt.has(key)) openedAt.set(key, nowUtc().toISOString());
    },
    openedAtOf: (policy) => openedAt.get(textKey(policy)) ?? nowUtc().toISOString(),
    draftOf: (policy) => ({
      fullName: '',
      jobRole: '',
      ...names.get(policy.pack.manifest.id),
      ticked: [...(ticked.get(textKey(policy)) ?? [])],
    }),
    saveNames: (policyId, { fullName, jobRole }) => void names.set(policyId, { fullName, jobRole }),
    saveTicked: (policy, statementIds) => void ticked.set(textKey(policy), statementIds),
    clear: () => {
      ticked.clear();
      names.clear();
      openedAt.clear();
    },
  };
}

function textKey({ pack: { manifest, textSha256 } }: DuePolicy): string {
  const { id: policyId, version: policyVersion, statements } = manifest;
  return answeredTextKey({ policyId, policyVersion, textSha256, statements });
}
