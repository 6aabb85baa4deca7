/** Being enrolled: whoever needs the collector gets the agent's token here, and a new one when the old is not taken. */

import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import { enrolmentProofText } from '../../../shared/wire/evidence.ts';
import { parseRetryAfter } from '../../domain/reporting/waiting.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Enrolment, Identity } from '../../storage/identity/identity.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { CollectorClient, Failed, RegisterAnswer, RegisterQuestion } from './collector-client.ts';

export type SessionProblem = {
  /** `not-enrolled`: the collector refuses the enrolment token, or there is none. */
  readonly kind: 'not-reached' | 'not-enrolled';
  readonly reason: string;
  /** Milliseconds that the collector asked to wait. */
  readonly retryAfterMs: number | undefined;
};

export type CollectorSession = {
  /** The agent's name and token at this collector; enrols where there is none. Callers at one time share one enrolment. */
  enrolled(deadlineMs: number): Promise<Result<Enrolment, SessionProblem>>;
  /**
   * The collector itself answered the token with 401: the next `enrolled` gets a new one, under the same key and name. Where
   * none is to be had, the one after that gives the old one again: it is all there is, and may yet be taken.
   */
  tokenRefused(agentToken: string): void;
  /**
   * What the collector knows that an account has accepted, within the deadline all in all, enrolling first where that is
   * needed: on a PC that is wiped at every logoff it always is.
   */
  knownAcknowledgements(
    accountKey: string,
    deadlineMs: number,
  ): Promise<Result<readonly KnownAcknowledgement[], SessionProblem>>;
  /** The school's register of media and its answers to a person, within the deadline all in all. */
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
  /** For the next try. A token that was refused may be taken again: by a collector that is back from its backup, say. */
  const returnToKept = (): void => {
    enrolment = identity.enrolment(client.collectorUrl);
  };

  async function enrol(): Promise<Result<Enrolment, SessionProblem>> {
    if (options.enrolmentToken === '') {
      returnToKept();
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
      if (refused) returnToKept();
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
        reason: `The agent is enrolled until it ends, and will enrol again: ${saved.error.reason}`,
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

  /** Asks under the agent's token, enrolling first where there is none, and once more under a new one after the collector's 401. */
  async function askAsAgent<Value>(
    deadlineMs: number,
    ask: (agentToken: string, leftMs: number) => Promise<Result<Value, Failed>>,
  ): Promise<Result<Value, SessionProblem>> {
    const startedAtMs = clock.monotonicMs();
    const leftMs = (): number => Math.max(0, deadlineMs - (clock.monotonicMs() - startedAtMs));
    for (let attempt = 0; ; attempt += 1) {
      const entry = await session.enrolled(leftMs());
      if (!entry.ok) return entry;
      const { agentToken } = entry.value;
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
    knownAcknowledgements: (accountKey, deadlineMs) =>
      askAsAgent(deadlineMs, (agentToken, leftMs) =>
        client.knownAcknowledgements(agentToken, accountKey, leftMs),
      ),
    mediaRegister: (question, deadlineMs) =>
      askAsAgent(deadlineMs, (agentToken, leftMs) => client.mediaRegister(agentToken, question, leftMs)),
  };
  return session;
}
