/** What an agent reports about removable media, for the collector's and the console's tests. */
import type { MediaApprovalRequestedData, MediaSeenData } from '../../../shared/wire/media.ts';
import { acknowledgedData, machine, report, type TestAgent } from './collector.ts';

const device = {
  kind: 'stick',
  bus: 'usb',
  vendorId: '0781',
  productId: '5567',
  serial: '4C530001230815117284',
  serialQuality: 'good',
  name: 'SanDisk Cruzer Blade',
  sizeBytes: 16_000_000_000,
} as const;

const judgement = {
  encryption: 'not-encrypted',
  approval: 'not-in-register',
  problems: ['not-encrypted', 'not-approved'],
} as const;

type Device = MediaSeenData['device'];

/** Returns the id of the request. */
export async function askForApproval(
  agent: TestAgent,
  changes: Partial<Device> = {},
  reason = 'Photos of the school trip',
): Promise<string> {
  const data: MediaApprovalRequestedData = {
    insertionId: crypto.randomUUID(),
    device: { ...device, ...changes },
    ...judgement,
    problems: [...judgement.problems],
    reason,
    language: 'en-GB',
    requestedAt: new Date().toISOString(),
    account: acknowledgedData().account,
    machine,
  };
  const type = 'porthor.media.approval-requested.v1';
  const event = agent.event({ type, subject: 'usb:0781:5567', data: { ...data } });
  await report(agent, [event]);
  return event.id;
}

export async function seeDevice(
  agent: TestAgent,
  changes: Partial<Device> = {},
  hostname = machine.hostname,
): Promise<void> {
  const data: MediaSeenData = {
    insertionId: crypto.randomUUID(),
    arrival: 'inserted',
    device: { ...device, ...changes },
    volumes: [],
    ...judgement,
    problems: [...judgement.problems],
    approved: false,
    warned: true,
    mode: 'warn',
    seenAt: new Date().toISOString(),
    account: acknowledgedData().account,
    machine: { ...machine, hostname },
  };
  await report(agent, [agent.event({ type: 'porthor.media.seen.v1', data: { ...data } })]);
}
