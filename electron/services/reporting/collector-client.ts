/** The collector's HTTP API: one method per call, a closed result, a deadline on every call. */
import { z } from 'zod';
import type { OfferedCode } from '../../../shared/device/offline-code.ts';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import { maxUnpackedBytes } from '../../../shared/policy/pack-limits.ts';
import {
  acknowledgementsResponseSchema,
  batchMediaType,
  type EnrolmentRequest,
  type EnrolmentResponse,
  enrolmentResponseSchema,
  eventsResponseSchema,
  type KnownAcknowledgement,
  type ListedPolicy,
  policiesResponseSchema,
} from '../../../shared/wire/collector-api.ts';
import { consistencySchema, type LogKeys, logKeysSchema } from '../../../shared/wire/log-note.ts';
import {
  type MediaAnswer,
  mediaRegisterResponseSchema,
  type RegisterEntry,
} from '../../../shared/wire/media.ts';
import type { SendAnswer } from '../../domain/reporting/delivery.ts';
import type { Fetch } from '../../platform/network/network-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { CollectorHttp, type Failed, parseAnswer } from './collector-http.ts';

export type RegisterQuestion = {
  readonly entityTag: string;
  /** The account whose requests the collector answers; empty while the signed-in account is unknown. */
  readonly accountKey: string;
};

/** Send `entityTag` with the next question; empty where the collector gives none. */
export type RegisterAnswer =
  | { readonly changed: false }
  | {
      readonly changed: true;
      readonly entries: readonly RegisterEntry[];
      readonly answers: readonly MediaAnswer[];
      /** Absent from a collector without approval by telephone. */
      readonly offlineCodes?: readonly OfferedCode[];
      readonly entityTag: string;
    };

export type CollectorClient = {
  readonly collectorUrl: string;
  enrol(request: EnrolmentRequest, deadlineMs: number): Promise<Result<EnrolmentResponse, Failed>>;
  sendBatch(
    agentToken: string,
    body: string,
    deadlineMs: number,
  ): Promise<{ readonly answer: SendAnswer; readonly retryAfter: string | undefined }>;
  knownAcknowledgements(
    agentToken: string,
    accountKey: string,
    deadlineMs: number,
  ): Promise<Result<readonly KnownAcknowledgement[], Failed>>;
  /** `entityTag` came with the device register that the agent has; empty where it has none. */
  mediaRegister(
    agentToken: string,
    question: RegisterQuestion,
    deadlineMs: number,
  ): Promise<Result<RegisterAnswer, Failed>>;
  /** The policies in effect for an audience; `unchanged` while `entityTag` is the list's own. Needs no token. */
  policyList(
    audience: string,
    entityTag: string | undefined,
    deadlineMs: number,
  ): Promise<
    Result<
      | { readonly kind: 'unchanged' }
      | { readonly kind: 'list'; readonly entityTag: string; readonly policies: readonly ListedPolicy[] },
      Failed
    >
  >;
  /** One pack as received; the caller checks it. */
  policyPack(id: string, version: string, deadlineMs: number): Promise<Result<unknown, Failed>>;
  /** The newest checkpoint of the log, as a signed note. */
  logCheckpoint(deadlineMs: number): Promise<Result<string, Failed>>;
  logKeys(deadlineMs: number): Promise<Result<LogKeys, Failed>>;
  /** The proof that the log of `size` leaves starts with that of `oldSize`. */
  logConsistency(
    oldSize: number,
    size: number,
    deadlineMs: number,
  ): Promise<Result<readonly string[], Failed>>;
  /** Aborts every running request; each one fails with `no-answer`. */
  abortAll(): void;
};

/** A pack is the largest answer of the API. */
const maxPackBytes = maxUnpackedBytes;

/** `collectorUrl` may end with a path and a slash; the paths of the API follow it. */
export function createCollectorClient(options: {
  readonly collectorUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Receives the headers of every answer. */
  readonly onAnswer?: (headers: Headers) => void;
}): CollectorClient {
  const { collectorUrl, fetch, clock, onAnswer = () => undefined } = options;
  const http = new CollectorHttp(collectorUrl, fetch, clock, onAnswer);
  return {
    collectorUrl,
    enrol: (request, deadlineMs) =>
      http.exchange(
        {
          method: 'POST',
          path: '/v1/agents',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(request),
          deadlineMs,
        },
        enrolmentResponseSchema,
      ),
    async sendBatch(agentToken, body, deadlineMs) {
      const answer = await http.exchange(
        {
          method: 'POST',
          path: '/v1/events',
          headers: { 'content-type': batchMediaType, authorization: `Bearer ${agentToken}` },
          body,
          deadlineMs,
        },
        eventsResponseSchema,
      );
      return answer.ok
        ? {
            answer: {
              kind: 'results',
              results: answer.value.results,
              version: answer.value.version ?? '',
            },
            retryAfter: undefined,
          }
        : { answer: answer.error.failure, retryAfter: answer.error.retryAfter };
    },
    async knownAcknowledgements(agentToken, accountKey, deadlineMs) {
      const answer = await http.exchange(
        {
          method: 'GET',
          path: `/v1/acknowledgements?account=${encodeURIComponent(accountKey)}`,
          headers: { authorization: `Bearer ${agentToken}` },
          deadlineMs,
        },
        acknowledgementsResponseSchema,
      );
      return answer.ok ? succeed(answer.value.acknowledgements) : answer;
    },
    async mediaRegister(agentToken, { entityTag, accountKey }, deadlineMs) {
      const received = await http.receive({
        method: 'GET',
        path: `/v1/media-register${accountKey === '' ? '' : `?account=${encodeURIComponent(accountKey)}`}`,
        headers: {
          authorization: `Bearer ${agentToken}`,
          ...(entityTag === '' ? {} : { 'if-none-match': entityTag }),
        },
        deadlineMs,
      });
      if (!received.ok) return received;
      const { response } = received.value;
      if (response.status === 304 && entityTag !== '') return succeed({ changed: false });
      const parsed = parseAnswer(received.value, mediaRegisterResponseSchema);
      return parsed.ok
        ? succeed({
            changed: true,
            entries: parsed.value.entries,
            answers: parsed.value.answers ?? [],
            ...(parsed.value.offlineCodes === undefined ? {} : { offlineCodes: parsed.value.offlineCodes }),
            entityTag: response.headers.get('etag') ?? '',
          })
        : parsed;
    },
    async policyList(audience, entityTag, deadlineMs) {
      const received = await http.receive({
        method: 'GET',
        path: `/v1/policies?audience=${encodeURIComponent(audience)}`,
        headers: entityTag === undefined ? {} : { 'if-none-match': entityTag },
        deadlineMs,
      });
      if (!received.ok) return received;
      if (received.value.response.status === 304 && entityTag !== undefined)
        return succeed({ kind: 'unchanged' });
      const list = parseAnswer(received.value, policiesResponseSchema);
      if (!list.ok) return list;
      const newTag = received.value.response.headers.get('etag') ?? '';
      return succeed({ kind: 'list', entityTag: newTag, policies: list.value.policies });
    },
    policyPack: (id, version, deadlineMs) =>
      http.exchange(
        {
          method: 'GET',
          path: `/v1/policies/${encodeURIComponent(id)}/${encodeURIComponent(version)}`,
          headers: {},
          deadlineMs,
          maxBytes: maxPackBytes,
        },
        z.json(),
      ),
    async logCheckpoint(deadlineMs) {
      const received = await http.receive({
        method: 'GET',
        path: '/v1/log/checkpoint',
        headers: {},
        deadlineMs,
      });
      if (!received.ok) return received;
      const { response, text } = received.value;
      if (response.status === 200 && text !== undefined) return succeed(text);
      return parseAnswer(received.value, z.never());
    },
    logKeys: (deadlineMs) =>
      http.exchange({ method: 'GET', path: '/v1/log/keys', headers: {}, deadlineMs }, logKeysSchema),
    async logConsistency(oldSize, size, deadlineMs) {
      const path = `/v1/log/consistency?from=${oldSize}&to=${size}`;
      const answer = await http.exchange({ method: 'GET', path, headers: {}, deadlineMs }, consistencySchema);
      return answer.ok ? succeed(answer.value.proof) : answer;
    },
    abortAll: () => http.abortAll(),
  };
}
