/** What the gate's window shows for a state of the machine: the only place where the two vocabularies meet. */
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { GateScreen, ShownPolicy } from '../../../shared/ipc/gate.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { Draft } from '../../../shared/policy/answers.ts';
import type { DuePolicy } from '../../domain/gate/evaluate.ts';
import type { GateNotice, GateSettings, GateState } from '../../domain/gate/gate-machine.ts';
import type { VersionChanges } from '../../domain/policies/changes-since.ts';

export interface ViewFacts {
  readonly settings: GateSettings;
  /** Fills in the placeholders of a text: the school's name and its contact. */
  readonly fill?: (markdown: string, language: Language) => string;
  readonly draftOf: (policy: DuePolicy) => Draft;
  /** How many policies have been accepted since the gate was shut. */
  readonly acceptedCount: number;
}

/** An open gate has no window. A window that is still fading away shows that it is checking, never "accepted". */
export function toGateScreen(state: GateState, facts: ViewFacts): GateScreen {
  const { onDecline } = facts.settings;
  switch (state.phase) {
    case 'checking':
    case 'open':
      return { name: 'checking' };
    case 'blocked':
      return { name: 'blocked', reason: state.reason, detail: state.detail };
    case 'asking': {
      const [policy] = state.due;
      return {
        name: 'policy',
        policy: toShownPolicy(policy, facts.fill ?? ((markdown) => markdown)),
        position: { index: facts.acceptedCount + 1, total: facts.acceptedCount + state.due.length },
        draft: facts.draftOf(policy),
        notice: state.notice.kind,
        noticeDetail: detailOf(state.notice),
      };
    }
    case 'recording':
      return { name: 'recording' };
    case 'confirmed':
      return {
        name: 'accepted',
        title: state.accepted.pack.manifest.title,
        policyVersion: state.accepted.pack.manifest.version,
        decidedAt: state.receipt.decidedAt,
        remaining: state.remaining.length,
      };
    case 'declining':
      return { name: 'declining', onDecline, secondsLeft: state.secondsLeft };
    case 'leaving':
      return { name: 'leaving', onDecline };
  }
}

function toShownPolicy(
  { pack, reason, changes = [], acceptedTodayAt }: DuePolicy,
  fill: NonNullable<ViewFacts['fill']>,
): ShownPolicy {
  const { manifest, texts, textSha256 } = pack;
  return {
    policyId: manifest.id,
    policyVersion: manifest.version,
    title: manifest.title,
    effectiveFrom: manifest.effectiveFrom,
    texts: { 'en-GB': fill(texts['en-GB'], 'en-GB'), 'cy-GB': fill(texts['cy-GB'], 'cy-GB') },
    textSha256,
    statements: manifest.statements,
    fields: manifest.fields,
    reason,
    ...(manifest.wording === undefined ? {} : { wording: manifest.wording }),
    ...(acceptedTodayAt === undefined ? {} : { acceptedTodayAt }),
    ...(changes.length === 0
      ? {}
      : { changes: { 'en-GB': joinChanges(changes, 'en-GB'), 'cy-GB': joinChanges(changes, 'cy-GB') } }),
  };
}

/** If versions were skipped, the changes of each appear under its own number. */
function joinChanges(changes: readonly VersionChanges[], language: Language): string {
  const [only, ...others] = changes;
  if (only !== undefined && others.length === 0) return only.text[language];
  const { text } = createTranslator(language);
  return changes
    .map(
      (change) =>
        `## ${text('gate.changes.version', { version: change.version })}\n\n${change.text[language]}`,
    )
    .join('\n\n');
}

function detailOf(notice: GateNotice): string {
  return notice.kind === 'not-recorded' || notice.kind === 'sign-out-failed' ? notice.reason : '';
}
