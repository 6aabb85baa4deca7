/** What the warning window and the tray show about a device. */
import type { DeviceKind, DeviceVolume } from '../../../shared/device/device.ts';
import type { DeviceProblem, Verdict } from '../../../shared/device/verdict.ts';
import type { WarningCard } from '../../../shared/ipc/media-warning.ts';
import type { Incident } from '../../domain/media/incident.ts';
import { numberOf } from './offline-approvals.ts';

/** One device that is plugged in, for the tray. */
export interface PluggedIn {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly places: readonly string[];
  readonly sizeBytes: number;
  readonly encryption: Verdict;
  readonly problems: readonly DeviceProblem[];
}

export function toPluggedIn({ insertion: { device }, evaluation }: Incident): PluggedIn {
  return {
    name: device.name,
    kind: device.kind,
    places: placesOf(device.volumes),
    sizeBytes: device.sizeBytes,
    encryption: evaluation.encryption,
    problems: evaluation.problems,
  };
}

export function toCard(incident: Incident, hideSerials: boolean): WarningCard {
  const { answer, evaluation } = incident;
  const { device } = incident.insertion;
  return {
    id: incident.id,
    kind: device.kind,
    name: device.name,
    sizeBytes: device.sizeBytes,
    places: placesOf(device.volumes),
    serial: hideSerials ? '' : device.serial,
    encryption: evaluation.encryption,
    approval: evaluation.approval,
    problems: [...evaluation.problems],
    eject: incident.eject,
    request: incident.request,
    answer:
      answer === undefined
        ? null
        : {
            decision: answer.decision,
            decidedBy: answer.decidedBy,
            decidedAt: answer.decidedAt,
            reason: answer.reason,
          },
    ...offlineCodeOf(incident),
    scan: incident.scan,
    scanProgram: incident.scanProgram,
  };
}

/** A code names one device, so a device without a number of its own takes none. */
function offlineCodeOf({
  evaluation,
  insertion: { device },
  offlineCode,
}: Incident): Pick<WarningCard, 'deviceNumber' | 'offlineCode'> {
  const takesCodes =
    evaluation.canBeApproved &&
    evaluation.serialQuality === 'good' &&
    evaluation.problems.includes('not-approved');
  return takesCodes
    ? { deviceNumber: numberOf(device), offlineCode }
    : { deviceNumber: '', offlineCode: 'not-available' };
}

/** Drive letters, else labels: users know the device by them. */
function placesOf(volumes: readonly DeviceVolume[]): string[] {
  const letters = volumes.flatMap(({ mountPoints }) =>
    mountPoints.flatMap((point) => /^([A-Za-z]):\\?$/u.exec(point)?.[1] ?? []),
  );
  if (letters.length > 0) return letters.map((letter) => `${letter.toUpperCase()}:`);
  return [...new Set(volumes.map(({ label }) => label).filter((label) => label !== ''))];
}
