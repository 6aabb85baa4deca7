/** Builds the acknowledgement of a person's answer to a policy: the facts kept as evidence. */
import type { Language } from '../../../shared/lib/language.ts';
import type { Draft } from '../../../shared/policy/answers.ts';
import type { AnswerField } from '../../../shared/policy/missing-answers.ts';
import { type Account, accountKey, type Machine } from '../../../shared/wire/account.ts';
import type { AcknowledgedData, EventData } from '../../../shared/wire/events.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';

export interface AnswerFacts {
  readonly action: AcknowledgedData['action'];
  readonly policy: DuePolicy;
  readonly language: Language;
  readonly draft: Draft;
  readonly openedAt: string;
  readonly decidedAt: string;
  readonly account: Account;
  readonly machine: Machine;
  readonly loginId: string;
  readonly audience: string;
  readonly agentVersion: string;
}

export interface AcknowledgementEvent {
  readonly type: 'porthor.policy.acknowledged.v1';
  readonly subject: string;
  readonly data: EventData<'porthor.policy.acknowledged.v1'>;
}

/** Never records a field that the policy hides, even if a window sends one. */
export function buildAcknowledgement(facts: AnswerFacts): AcknowledgementEvent {
  const { manifest, textSha256 } = facts.policy.pack;
  const ticked = new Set(facts.draft.ticked);
  const field = (name: AnswerField) => (manifest.fields[name] === 'hidden' ? '' : facts.draft[name].trim());
  return {
    type: 'porthor.policy.acknowledged.v1',
    subject: accountKey(facts.account),
    data: {
      action: facts.action,
      policyId: manifest.id,
      policyVersion: manifest.version,
      textSha256: textSha256[facts.language],
      language: facts.language,
      statements: manifest.statements.map(({ id, text }) => ({
        id,
        text: text[facts.language],
        ticked: ticked.has(id),
      })),
      fullName: field('fullName'),
      jobRole: field('jobRole'),
      account: facts.account,
      machine: facts.machine,
      audience: facts.audience,
      openedAt: facts.openedAt,
      decidedAt: facts.decidedAt,
      agentVersion: facts.agentVersion,
      loginId: facts.loginId,
    },
  };
}
