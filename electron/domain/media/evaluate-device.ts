/** Evaluates one device: its verdict, its approval, and its problems. */

import { type Approval, isAllowed } from '../../../shared/device/approval.ts';
import type { Device, DeviceVolume } from '../../../shared/device/device.ts';
import type { SerialQuality } from '../../../shared/device/serial-number.ts';
import {
  type DeviceProblem,
  isProblemVerdict,
  type Verdict,
  worstVerdict,
} from '../../../shared/device/verdict.ts';
import type { MediaSeenData, RegisterEntry } from '../../../shared/wire/media.ts';
import { evaluateSerial, findApproval, type RegisterSources } from './approval.ts';

export interface EvaluationSettings {
  readonly requireEncryption: boolean;
  readonly requireApproval: boolean;
  /** Models that encrypt everything themselves, which no probe of their file system can find out. */
  readonly encryptedModels: readonly Pick<RegisterEntry, 'vendorId' | 'productId'>[];
}

interface EvaluatedVolume extends DeviceVolume {
  /** What the verdict rests on: the system's probe, or `known-model` for the list of models. */
  readonly probeName: string;
}

export interface Evaluation {
  readonly encryption: Verdict;
  readonly volumes: readonly EvaluatedVolume[];
  readonly serialQuality: SerialQuality;
  readonly approval: Approval;
  /** The school's own name for it; empty where it has none. */
  readonly label: string;
  /** Empty where the user may use it. */
  readonly problems: readonly DeviceProblem[];
  /** The device can be recognised, so the school can approve it. */
  readonly canBeApproved: boolean;
}

/**
 * The volumes that decide about their device: those that people keep files on. System partitions count only where
 * there is nothing else, and a part burnt in like a CD never counts.
 */
function decidingVolumes(volumes: readonly EvaluatedVolume[]): readonly EvaluatedVolume[] {
  const written = volumes.filter(({ isBurntIn }) => !isBurntIn);
  const data = written.filter(({ role }) => role === 'data');
  return data.length > 0 ? data : written;
}

function isEncryptedModel(device: Device, { encryptedModels }: EvaluationSettings): boolean {
  return encryptedModels.some(
    ({ vendorId, productId }) =>
      device.vendorId !== '' && vendorId === device.vendorId && productId === device.productId,
  );
}

function evaluateVolumes(device: Device, isKnownModel: boolean): readonly EvaluatedVolume[] {
  return device.volumes.map((volume) =>
    isKnownModel && !volume.isBurntIn
      ? { ...volume, encryption: 'encrypted', probeName: 'known-model' }
      : { ...volume, probeName: volume.probe.name },
  );
}

function evaluateEncryption(volumes: readonly EvaluatedVolume[], isKnownModel: boolean): Verdict {
  const deciding = decidingVolumes(volumes);
  // A known model shows its program first, and its files only after the password.
  if (deciding.length === 0) return isKnownModel ? 'locked' : 'cannot-tell';
  return worstVerdict(deciding.map(({ encryption }) => encryption));
}

/** Encryption and approval are independent: a device can have a problem with each. */
function findProblems(
  device: Device,
  encryption: Verdict,
  approval: Approval,
  settings: EvaluationSettings,
): readonly DeviceProblem[] {
  const problems: DeviceProblem[] = [];
  // Whether a phone encrypts its files is not visible from outside. Approval decides where the school uses it.
  const asksEncryption =
    settings.requireEncryption && !(device.kind === 'portable-device' && settings.requireApproval);
  if (asksEncryption && isProblemVerdict(encryption)) {
    problems.push(encryption);
  }
  if (!isAllowed(approval)) problems.push('not-approved');
  return problems;
}

export function evaluateDevice(
  device: Device,
  facts: {
    readonly settings: EvaluationSettings;
    readonly sources: RegisterSources;
    /** Every device that is plugged in now, this one included. */
    readonly pluggedIn: readonly Device[];
    readonly now: Date;
  },
): Evaluation {
  const { settings, sources } = facts;
  const isKnownModel = isEncryptedModel(device, settings);
  const volumes = evaluateVolumes(device, isKnownModel);
  const encryption = evaluateEncryption(volumes, isKnownModel);
  const serialQuality = evaluateSerial(device, facts.pluggedIn, sources, facts.now);
  const found = findApproval(device, serialQuality, sources, facts.now);
  const approval = settings.requireApproval ? found.approval : 'not-required';
  return {
    encryption,
    volumes,
    serialQuality,
    approval,
    label: found.label,
    problems: findProblems(device, encryption, approval, settings),
    canBeApproved: device.kind !== 'disc' && device.vendorId !== '',
  };
}

/** The report's view of a device and its volumes. It has no serial number where the school hides them. */
export function describeForReport(
  device: Device,
  evaluation: Evaluation,
  hideSerials: boolean,
): Pick<MediaSeenData, 'device' | 'volumes' | 'encryption' | 'approval' | 'problems'> {
  return {
    device: {
      kind: device.kind,
      bus: device.bus.slice(0, 32),
      vendorId: device.vendorId,
      productId: device.productId,
      serial: hideSerials ? '' : device.serial.slice(0, 256),
      serialQuality: hideSerials ? 'hidden' : evaluation.serialQuality,
      name: device.name.slice(0, 256),
      sizeBytes: device.sizeBytes,
    },
    volumes: evaluation.volumes.slice(0, 64).map((volume) => ({
      drive: driveLetterOf(volume.mountPoints),
      fileSystem: volume.fileSystem.slice(0, 64),
      sizeBytes: volume.sizeBytes ?? 0,
      encryption: volume.encryption,
      probe: volume.probeName.slice(0, 64),
    })),
    encryption: evaluation.encryption,
    approval: evaluation.approval,
    problems: [...evaluation.problems],
  };
}

/** `E:` of `E:\`; empty where there is none. A folder's name may name a person, so it is never used. */
function driveLetterOf(mountPoints: readonly string[]): string {
  for (const mountPoint of mountPoints) {
    const letter = /^([A-Za-z]):\\?$/u.exec(mountPoint)?.[1];
    if (letter !== undefined) return `${letter.toUpperCase()}:`;
  }
  return '';
}
