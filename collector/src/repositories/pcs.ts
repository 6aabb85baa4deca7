/** The PCs of one school as they last reported themselves. */
import { z } from 'zod';
import { logonToGateSchema } from '../../../shared/wire/events.ts';
import type { Storage } from '../storage/storage.ts';

export interface PcRecord {
  readonly hostname: string;
  readonly account: string;
  readonly agentVersion: string;
  readonly lastSeenAt: string;
  /** From the logon to the gate, by the newest heartbeat; undefined where that one has no such time. */
  readonly secondsToGate: number | undefined;
}

export interface PcRepository {
  /** Slowest logons first, then those without a time. Of all agents that may report, the `limit` seen last. */
  listSlowestFirst(limit: number): Promise<readonly PcRecord[]>;
}

/** A newer agent may write other members. */
const heartbeatSchema = z.object({ data: z.object({ logon: logonToGateSchema }) });

function readSeconds(raw: string | undefined): number | undefined {
  if (raw === undefined) return undefined;
  const parsed = heartbeatSchema.safeParse(JSON.parse(raw));
  return parsed.success ? parsed.data.data.logon.secondsToGate : undefined;
}

export function createPcRepository({ reader }: Storage, schoolId: string): PcRepository {
  /** From the index by sequence: heartbeats are frequent, so the newest one is near the end. */
  const newestHeartbeat = async (agentId: string): Promise<string | undefined> => {
    const row = await reader
      .selectFrom('events')
      .select('raw')
      .where('agent_id', '=', agentId)
      .where('type', '=', 'porthor.agent.heartbeat.v1')
      .where('unreadable', 'is', null)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.raw;
  };
  return {
    async listSlowestFirst(limit) {
      const agents = await reader
        .selectFrom('agents')
        .select([
          'agent_id as agentId',
          'hostname',
          'account_name as name',
          'account_domain as domain',
          'agent_version as agentVersion',
          'last_seen_at as lastSeenAt',
        ])
        .where('school_id', '=', schoolId)
        .where('state', '=', 'active')
        .orderBy('last_seen_at', 'desc')
        .orderBy('agent_id')
        .limit(limit)
        .execute();
      const records: PcRecord[] = [];
      for (const { agentId, name, domain, ...known } of agents) {
        records.push({
          ...known,
          account: domain === '' ? name : `${domain}\\${name}`,
          secondsToGate: readSeconds(await newestHeartbeat(agentId)),
        });
      }
      return records.sort((one, other) => (other.secondsToGate ?? -1) - (one.secondsToGate ?? -1));
    },
  };
}
