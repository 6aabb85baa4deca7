/** Records what a person answers at the gate: the acceptance with its receipt, a decline, a request for help. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { accountKey, type Machine } from '../../../shared/wire/account.ts';
import type { SignedInAccount } from '../../platform/account/account-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { recordAcceptance } from '../../storage/receipts/record-acceptance.ts';
import type { KeptTexts } from '../agreements/kept-texts.ts';
import type { PersonStore } from '../person-store/open-person-store.ts';
import { describeAppendProblem, type Reports } from '../reporting/reports.ts';
import { type AcknowledgementEvent, buildAcknowledgement } from './acknowledgement.ts';
import { withEvidence } from './evidence.ts';
import type { GatePorts } from './gate-ports.ts';

export interface AnswerRecordsOptions {
  readonly state: () => PersonStore | undefined;
  readonly person: () => SignedInAccount | undefined;
  readonly audience: () => string;
  readonly machine: Machine;
  readonly agentVersion: string;
  readonly clock: Clock;
  readonly reports: Pick<Reports, 'report' | 'onFault'>;
  /** Keeps the exact text beside the receipt. */
  readonly keepText: KeptTexts['keep'];
}

/**
 * A second request for help within this time adds nothing. A key that is held down would fill the disk and the
 * collector.
 */
const sameHelpAfterMs = 60_000;

type AnswerRecords = Pick<GatePorts, 'recordAcceptance' | 'recordAnswer' | 'reportProblem'>;

export function createAnswerRecords(options: AnswerRecordsOptions): AnswerRecords {
  const { state, person, machine, agentVersion, clock, reports } = options;
  const answerOf = ({ account, loginId }: SignedInAccount) => ({
    account,
    loginId,
    machine,
    audience: options.audience(),
    agentVersion,
    decidedAt: clock.nowUtc().toISOString(),
  });
  const signed = (acknowledgement: AcknowledgementEvent) =>
    withEvidence(acknowledgement, state()?.identity, (reason) =>
      reports.onFault({ fault: 'evidence-not-signed', subject: 'acknowledgement', reason }),
    );
  let lastHelp: { readonly about: string; readonly atMs: number } | undefined;
  const recordHelp = async (about: string, record: () => Promise<Result<undefined, string>>) => {
    const atMs = clock.monotonicMs();
    if (lastHelp?.about === about && atMs - lastHelp.atMs < sameHelpAfterMs) return succeed(undefined);
    const recorded = await record();
    if (recorded.ok) lastHelp = { about, atMs };
    return recorded;
  };
  return {
    recordAcceptance: async (policy, submission, openedAt) => {
      const records = state();
      const account = person();
      if (records === undefined || account === undefined)
        return fail('The records of this PC cannot be opened.');
      const acknowledgement = await signed(
        buildAcknowledgement({
          action: 'accepted',
          policy,
          language: submission.language,
          draft: submission,
          openedAt,
          ...answerOf(account),
        }),
      );
      const recorded = await recordAcceptance(records, acknowledgement, policy.pack.manifest.title);
      if (!recorded.ok) return fail(describeAppendProblem(recorded.error));
      await options.keepText(policy.pack, submission.language, recorded.value.eventId, submission.ticked);
      return recorded;
    },
    recordAnswer: async (policy, answer) => {
      const account = person();
      if (account === undefined) return fail('The account is not known.');
      const record = async () =>
        reports.report(await signed(buildAcknowledgement({ policy, ...answer, ...answerOf(account) })));
      if (answer.action !== 'help-requested') return record();
      const { id, version } = policy.pack.manifest;
      return recordHelp(`${id} ${version}`, record);
    },
    reportProblem: async (text) => {
      const account = person();
      if (account === undefined) return fail('The account is not known.');
      return recordHelp(text, () =>
        reports.report({
          type: 'porthor.problem.reported.v1',
          subject: accountKey(account.account),
          data: { text, account: account.account, machine },
        }),
      );
    },
  };
}
