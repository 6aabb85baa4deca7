/** Codes that approve a device by telephone: the secrets behind them, and a record of each that was issued. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { OfflineCode } from '../../../shared/console/offline-codes.ts';
import {
  dayOf,
  endOfDay,
  makeOfflineCode,
  makeSecret,
  type OfferedCode,
  type OfflineHashes,
  verifierOf,
} from '../../../shared/device/offline-code.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { noteAudit } from './audit.ts';

/** A PC that is offline can take this many codes before it must ask again. */
const offeredAhead = 8;
const offeredBehind = 8;
const settingName = 'offline-code-key';
const mostListed = 50;

const hashes: OfflineHashes = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest(),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text, 'utf8').digest(),
};

interface NewCode {
  readonly schoolId: string;
  readonly actor: string;
  readonly agentId: string;
  readonly deviceNumber: string;
  readonly expiresAt: string;
  readonly reason: string;
  readonly issuedBy: string;
  readonly at: string;
}

export const offlineCodeWrites = {
  /** Returns the key that is kept, which may be an earlier one. */
  'offline.keepKey': async (transaction: Transaction<Tables>, value: string): Promise<string> => {
    await transaction
      .insertInto('settings')
      .values({ name: settingName, value })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    const row = await transaction
      .selectFrom('settings')
      .select('value')
      .where('name', '=', settingName)
      .executeTakeFirstOrThrow();
    return row.value;
  },

  /** The slot; undefined where the school has no such active agent, or the PC has no secret left that it knows. */
  'offline.issue': async (
    transaction: Transaction<Tables>,
    code: NewCode,
  ): Promise<number | 'no-such-pc' | 'must-connect'> => {
    const { schoolId, agentId, actor, at } = code;
    const agent = await transaction
      .selectFrom('agents')
      .select('last_seen_at')
      .where('school_id', '=', schoolId)
      .where('agent_id', '=', agentId)
      .where('state', '=', 'active')
      .executeTakeFirst();
    if (agent === undefined) return 'no-such-pc';
    const issued = await transaction
      .selectFrom('offline_codes')
      .select(['slot', 'issued_at'])
      .where('agent_id', '=', agentId)
      .orderBy('slot', 'desc')
      .limit(offeredAhead)
      .execute();
    const since = issued.filter((one) => one.issued_at > agent.last_seen_at);
    if (since.length >= offeredAhead) return 'must-connect';
    const slot = (issued[0]?.slot ?? -1) + 1;
    await transaction
      .insertInto('offline_codes')
      .values({
        agent_id: agentId,
        slot,
        school_id: schoolId,
        device_number: code.deviceNumber,
        expires_at: code.expiresAt,
        reason: asKept(code.reason),
        issued_by: asKept(code.issuedBy),
        issued_at: at,
      })
      .execute();
    const detail = JSON.stringify({ device: code.deviceNumber, slot, expiresAt: code.expiresAt });
    await noteAudit(transaction, [
      { schoolId, at, actor, act: 'offline-code-issued', subject: `agent:${agentId}:${slot}`, detail },
    ]);
    return slot;
  },
};

export interface OfflineCodeRepository {
  /** Hashes of the secrets that this agent may see in codes. */
  offered(agentId: string): Promise<readonly OfferedCode[]>;
  issue(
    by: Pick<NewCode, 'schoolId' | 'actor' | 'issuedBy'>,
    code: Pick<NewCode, 'agentId' | 'deviceNumber' | 'reason'> & { readonly days: number },
  ): Promise<{ readonly code: string; readonly expiresAt: string } | 'no-such-pc' | 'must-connect'>;
  list(schoolId: string, agentId: string): Promise<readonly OfflineCode[]>;
}

export function createOfflineCodeRepository(storage: Storage, now: () => Date): OfflineCodeRepository {
  const { reader } = storage;
  let keeping: Promise<string> | undefined;
  /** All collectors of one database share it. */
  const readKey = async (): Promise<string> => {
    const row = await reader
      .selectFrom('settings')
      .select('value')
      .where('name', '=', settingName)
      .executeTakeFirst();
    return row?.value ?? storage.write('offline.keepKey', randomBytes(32).toString('hex'));
  };
  const key = (): Promise<string> => {
    keeping ??= readKey().catch((error: unknown) => {
      keeping = undefined;
      throw error;
    });
    return keeping;
  };

  return {
    async offered(agentId) {
      const row = await reader
        .selectFrom('offline_codes')
        .select(({ fn }) => fn.max('slot').as('slot'))
        .where('agent_id', '=', agentId)
        .executeTakeFirst();
      const next = (row?.slot ?? -1) + 1;
      const first = Math.max(0, next - offeredBehind);
      const secretKey = await key();
      return Array.from({ length: next + offeredAhead - first }, (_, index) => {
        const slot = first + index;
        return { slot, sha256: verifierOf(makeSecret(secretKey, agentId, slot, hashes), hashes) };
      });
    },

    async issue(by, { agentId, deviceNumber, reason, days }) {
      const day = dayOf(now()) + days;
      const expiresAt = endOfDay(day).toISOString();
      const at = now().toISOString();
      const slot = await storage.write('offline.issue', {
        ...by,
        agentId,
        deviceNumber,
        reason,
        expiresAt,
        at,
      });
      if (typeof slot === 'string') return slot;
      const secret = makeSecret(await key(), agentId, slot, hashes);
      return { code: makeOfflineCode(secret, { number: deviceNumber, day }, hashes), expiresAt };
    },

    async list(schoolId, agentId) {
      return reader
        .selectFrom('offline_codes')
        .select([
          'slot',
          'device_number as deviceNumber',
          'expires_at as expiresAt',
          'reason',
          'issued_by as issuedBy',
          'issued_at as issuedAt',
        ])
        .where('school_id', '=', schoolId)
        .where('agent_id', '=', agentId)
        .orderBy('slot', 'desc')
        .limit(mostListed)
        .execute();
    },
  };
}
