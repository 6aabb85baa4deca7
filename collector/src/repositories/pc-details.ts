/** What one PC reported, in detail: capabilities, faults, gaps in its numbers, and numbers that it used twice. */
import { z } from 'zod';
import { mostShownOfPc, type PcRecord } from '../../../shared/console/pcs.ts';
import { capabilitySchema, logonToGateSchema } from '../../../shared/wire/events.ts';
import type { CollectorDatabase } from '../storage/storage.ts';

type Details = Pick<PcRecord, 'capabilities' | 'gate' | 'faultList' | 'gapList' | 'forkList'>;

/** A newer agent may write other members. */
const reportSchema = z.object({
  data: z.object({
    capabilities: z.array(z.object(capabilitySchema.shape)).catch([]),
    logon: logonToGateSchema.optional().catch(undefined),
  }),
});
const faultSchema = z.object({
  data: z.object({
    fault: z.string(),
    subject: z.string().catch(''),
    reason: z.string().catch(''),
  }),
});

/** Two types write what the PC can do: the heartbeat, and the start for a PC that has not sent one yet. */
const reportTypes = ['porthor.agent.heartbeat.v1', 'porthor.agent.started.v1'] as const;

export async function readPcDetails(
  reader: CollectorDatabase,
  schoolId: string,
  agentId: string,
): Promise<Details> {
  const events = reader
    .selectFrom('events')
    .where('school_id', '=', schoolId)
    .where('agent_id', '=', agentId);
  const [report, faults, gaps, forks] = await Promise.all([
    events
      .select('raw')
      .where('type', 'in', reportTypes)
      .where('unreadable', 'is', null)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst(),
    events
      .select(['raw', 'occurred_at as at'])
      .where('type', '=', 'porthor.agent.fault.v1')
      .where('unreadable', 'is', null)
      .orderBy('sequence', 'desc')
      .limit(mostShownOfPc)
      .execute(),
    reader
      .selectFrom('sequence_gaps')
      .select(['first_sequence as first', 'last_sequence as last', 'noticed_at as noticedAt'])
      .where('agent_id', '=', agentId)
      .orderBy('first_sequence', 'desc')
      .limit(mostShownOfPc)
      .execute(),
    events
      .select(['sequence', 'type', 'received_at as receivedAt'])
      .where('fork', '>', 0)
      .orderBy('sequence', 'desc')
      .limit(mostShownOfPc)
      .execute(),
  ]);
  const reported =
    report === undefined ? undefined : reportSchema.safeParse(JSON.parse(report.raw)).data?.data;
  return {
    capabilities: reported?.capabilities ?? [],
    ...(reported?.logon === undefined ? {} : { gate: reported.logon.gate }),
    faultList: faults.flatMap(({ raw, at }) => {
      const { data: fault } = faultSchema.safeParse(JSON.parse(raw));
      return fault === undefined ? [] : [{ at, ...fault.data }];
    }),
    gapList: gaps,
    forkList: forks,
  };
}
