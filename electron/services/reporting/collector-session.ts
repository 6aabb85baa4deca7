/** The agent's enrolment: gives callers its token, and gets a new one when the collector refuses the old. */

import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import { enrolmentProofText } from '../../../shared/wire/evidence.ts';
import { parseRetryAfter } from '../../domain/reporting/waiting.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Enrolment, Identity } from '../../storage/identity/identity.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { CollectorClient, RegisterAnswer, RegisterQuestion } from './collector-client.ts';
import type { Failed } from './collector-http.ts';
import { makeStatement } from './make-statement.ts';

export type SessionProblem = {
  /** `not-enrolled`: the collector refuses the enrolment token, or there is none. */
  readonly kind: 'not-reached' | 'not-enrolled';
  readonly reason: string;
  /** Milliseconds that the collector asked to wait. */
  readonly retryAfterMs: number | undefined;
};

export type CollectorSession = {
  /** The agent's id and token at this collector. Enrols if there is none; concurrent callers share one enrolment. */
  enrolled(deadlineMs: number): Promise<Result<Enrolment, SessionProblem>>;
  /**
   * Call it when the collector itself answered with 401. The next `enrolled` gets a new token, under the same key and id.
   * If that fails, the call after it returns the old token again, which the collector may accept later.
   */
  tokenRefused(agentToken: string): void;
  /** The events as this enrolment sends them: acknowledgements with a statement instead of the facts' signature. */
  state(events: readonly OutboxEvent[], enrolment: Enrolment): readonly OutboxEvent[];
  /**
   * What the account has accepted according to the collector. Enrols first if needed, as on a PC that is wiped at every
   * logoff. `deadlineMs` covers all of it.
   */
  knownAcknowledgements(
    accountKey: string,
    deadlineMs: number,
  ): Promise<Result<readonly KnownAcknowledgement[], SessionProblem>>;
  /** The school's device register and its answers to a person. `deadlineMs` covers enrolment too. */
  mediaRegister(
    question: RegisterQuestion,
    deadlineMs: number,
  ): Promise<Result<RegisterAnswer, SessionProblem>>;
};

export type CollectorSessionOptions = {
  readonly client: CollectorClient;
  readonly identity: Identity;
  readonly enrolmentToken: string;
  readonly machine: Machine;
  readonly agentVersion: string;
  readonly clock: Clock;
  readonly onFault: (fault: StorageFault) => void;
};

const enrolDeadlineMs = 30_000;

export function createCollectorSession(options: CollectorSessionOptions): CollectorSession {
  const { client, identity, clock } = options;
  let enrolment = identity.enrolment(client.collectorUrl);
  let enrolling: Promise<Result<Enrolment, SessionProblem>> | undefined;
  /** For the next try: a collector that was restored from a backup accepts a refused token again, for example. */
  const restoreSaved = (): void => {
    enrolment = identity.enrolment(client.collectorUrl);
  };

  async function enrol(): Promise<Result<Enrolment, SessionProblem>> {
    if (options.enrolmentToken === '') {
      restoreSaved();
      return fail({ kind: 'not-enrolled', reason: 'no enrolment token is set', retryAfterMs: undefined });
    }
    const request = {
      enrolmentToken: options.enrolmentToken,
      machine: options.machine,
      publicKey: identity.publicKey,
      agentVersion: options.agentVersion,
    };
    const proof = identity.signText(enrolmentProofText(request));
    const answer = await client.enrol({ ...request, proof }, enrolDeadlineMs);
    if (!answer.ok) {
      const { failure, retryAfter } = answer.error;
      const refused =
        failure.kind === 'status' && failure.problem && [400, 401, 403].includes(failure.status);
      if (refused) restoreSaved();
      return fail({
        kind: refused ? 'not-enrolled' : 'not-reached',
        reason: failure.reason,
        retryAfterMs: parseRetryAfter(retryAfter, clock.nowUtc()),
      });
    }
    enrolment = { ...answer.value, collectorUrl: client.collectorUrl };
    const saved = await identity.saveEnrolment(enrolment);
    if (!saved.ok) {
      options.onFault({
        fault: 'enrolment-not-saved',
        subject: 'identity.json',
        reason: `The agent is enrolled until it stops, and must then enrol again: ${saved.error.reason}`,
      });
    }
    return succeed(enrolment);
  }

  function within<Value>(
    work: Promise<Result<Value, SessionProblem>>,
    deadlineMs: number,
  ): Promise<Result<Value, SessionProblem>> {
    return new Promise((resolve, reject) => {
      const dispose = clock.setTimer(deadlineMs, () => {
        const reason = `no answer within ${deadlineMs} ms`;
        resolve(fail({ kind: 'not-reached', reason, retryAfterMs: undefined }));
      });
      work.then(resolve, reject).finally(dispose);
    });
  }

  /** Asks with the agent's token. Enrols first if there is none, and asks once more with a new token after a 401. */
  async function askAsAgent<Value>(
    deadlineMs: number,
    ask: (agentToken: string, leftMs: number) => Promise<Result<Value, Failed>>,
  ): Promise<Result<Value, SessionProblem>> {
    const startedAtMs = clock.monotonicMs();
    const leftMs = (): number => Math.max(0, deadlineMs - (clock.monotonicMs() - startedAtMs));
    for (let attempt = 0; ; attempt += 1) {
      const enrolled = await session.enrolled(leftMs());
      if (!enrolled.ok) return enrolled;
      const { agentToken } = enrolled.value;
      const answer = await ask(agentToken, leftMs());
      if (answer.ok) return answer;
      const { failure, retryAfter } = answer.error;
      const refused = failure.kind === 'status' && failure.problem && failure.status === 401;
      if (refused) session.tokenRefused(agentToken);
      if (!refused || attempt > 0) {
        return fail({
          kind: refused ? 'not-enrolled' : 'not-reached',
          reason: failure.reason,
          retryAfterMs: parseRetryAfter(retryAfter, clock.nowUtc()),
        });
      }
    }
  }

  const session: CollectorSession = {
    enrolled(deadlineMs) {
      if (enrolment !== undefined) return Promise.resolve(succeed(enrolment));
      enrolling ??= enrol().finally(() => {
        enrolling = undefined;
      });
      return within(enrolling, deadlineMs);
    },
    tokenRefused(agentToken) {
      if (enrolment?.agentToken === agentToken) enrolment = undefined;
    },
    state: (events, sentAs) => events.map((event) => makeStatement(event, sentAs, identity)),
    knownAcknowledgements: (accountKey, deadlineMs) =>
      askAsAgent(deadlineMs, (agentToken, leftMs) =>
        client.knownAcknowledgements(agentToken, accountKey, leftMs),
      ),
    mediaRegister: (question, deadlineMs) =>
      askAsAgent(deadlineMs, (agentToken, leftMs) => client.mediaRegister(agentToken, question, leftMs)),
  };
  return session;
}
