/** The events about a device, as the collector receives them. */
import { isAllowed } from '../../../shared/device/approval.ts';
import type { Device } from '../../../shared/device/device.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { Account, Machine } from '../../../shared/wire/account.ts';
import { describeForReport } from '../../domain/media/evaluate-device.ts';
import type { Incident } from '../../domain/media/incident.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';

interface Parties {
  readonly account: Account;
  readonly machine: Machine;
  readonly hideSerials: boolean;
}

export function seenEvent(
  incident: Incident,
  mode: 'audit' | 'warn',
  { account, machine, hideSerials }: Parties,
): NewEvent {
  const { device, arrival } = incident.insertion;
  return {
    type: 'porthor.media.seen.v1',
    subject: subjectOf(device, hideSerials),
    data: {
      insertionId: incident.id,
      arrival,
      ...describeForReport(device, incident.evaluation, hideSerials),
      approved: isAllowed(incident.evaluation.approval),
      warned: incident.isWarned,
      mode,
      seenAt: incident.seenAt,
      account,
      machine,
    },
  };
}

/** @param request.requestedAt ISO UTC. */
export function approvalRequestedEvent(
  incident: Incident,
  request: { readonly reason: string; readonly language: Language; readonly requestedAt: string },
  { account, machine, hideSerials }: Parties,
): NewEvent {
  const { device } = incident.insertion;
  const { volumes: _volumes, ...described } = describeForReport(device, incident.evaluation, hideSerials);
  return {
    type: 'porthor.media.approval-requested.v1',
    subject: subjectOf(device, hideSerials),
    data: { insertionId: incident.id, ...described, ...request, account, machine },
  };
}

/** Names the device by model and serial number: printable ASCII, at most 512 characters. */
function subjectOf({ vendorId, productId, serial, kind }: Device, hideSerials: boolean): string {
  const model = vendorId === '' ? kind : `usb:${vendorId}:${productId}`;
  return serial === '' || hideSerials
    ? model
    : `${model}:${serial.replaceAll(/[^\u0021-\u007e]/gu, '')}`.slice(0, 512);
}
