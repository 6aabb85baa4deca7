/** The verdict on one medium: what its volumes are, whether it is approved, and what is wrong with it. */

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
import { findApproval, judgeSerial, type RegisterSources } from './approval.ts';

export interface JudgeSettings {
  readonly requireEncryption: boolean;
  readonly requireApproval: boolean;
  /** Models that encrypt everything themselves: no look at their file system could tell. */
  readonly encryptedModels: readonly Pick<RegisterEntry, 'vendorId' | 'productId'>[];
}

interface JudgedVolume extends DeviceVolume {
  /** What told so: the system's probe, or the list of models. */
  readonly probeName: string;
}

export interface Judgement {
  readonly encryption: Verdict;
  readonly volumes: readonly JudgedVolume[];
  readonly serialQuality: SerialQuality;
  readonly approval: Approval;
  /** The school's own name for it; empty where it has none. */
  readonly label: string;
  /** Empty: it may be used. */
  readonly problems: readonly DeviceProblem[];
  /** The school could approve this one: it can be known again. */
  readonly canBeApproved: boolean;
}

/**
 * The volumes that speak for a medium: those that people keep files on. A partition of the system's own and a part
 * burnt in like a CD are passed over; where there is nothing else, all are asked.
 */
function speakingVolumes(volumes: readonly JudgedVolume[]): readonly JudgedVolume[] {
  const written = volumes.filter(({ isBurntIn }) => !isBurntIn);
  const data = written.filter(({ role }) => role === 'data');
  return data.length > 0 ? data : written;
}

function isEncryptedModel(medium: Device, { encryptedModels }: JudgeSettings): boolean {
  return encryptedModels.some(
    ({ vendorId, productId }) =>
      medium.vendorId !== '' && vendorId === medium.vendorId && productId === medium.productId,
  );
}

function judgeVolumes(medium: Device, isKnownModel: boolean): readonly JudgedVolume[] {
  return medium.volumes.map((volume) =>
    isKnownModel && !volume.isBurntIn
      ? { ...volume, encryption: 'encrypted', probeName: 'known-model' }
      : { ...volume, probeName: volume.probe.name },
  );
}

function judgeEncryption(volumes: readonly JudgedVolume[], isKnownModel: boolean): Verdict {
  const speaking = speakingVolumes(volumes);
  // Such a stick shows its program first, and its files only after the password.
  if (speaking.length === 0) return isKnownModel ? 'locked' : 'cannot-tell';
  return worstVerdict(speaking.map(({ encryption }) => encryption));
}

/** What stands in the way of using it. Encryption and approval are judged each for itself. */
function findProblems(
  medium: Device,
  encryption: Verdict,
  approval: Approval,
  settings: JudgeSettings,
): readonly DeviceProblem[] {
  const problems: DeviceProblem[] = [];
  // How a phone keeps its files cannot be seen from outside. Where the school approves devices, that is its answer.
  const asksEncryption =
    settings.requireEncryption && !(medium.kind === 'portable-device' && settings.requireApproval);
  if (asksEncryption && isProblemVerdict(encryption)) {
    problems.push(encryption);
  }
  if (!isAllowed(approval)) problems.push('not-approved');
  return problems;
}

export function judgeMedium(
  medium: Device,
  facts: {
    readonly settings: JudgeSettings;
    readonly sources: RegisterSources;
    /** Everything that is plugged in now, this one too. */
    readonly pluggedIn: readonly Device[];
    readonly now: Date;
  },
): Judgement {
  const { settings, sources } = facts;
  const isKnownModel = isEncryptedModel(medium, settings);
  const volumes = judgeVolumes(medium, isKnownModel);
  const encryption = judgeEncryption(volumes, isKnownModel);
  const serialQuality = judgeSerial(medium, facts.pluggedIn, sources, facts.now);
  const found = findApproval(medium, serialQuality, sources, facts.now);
  const approval = settings.requireApproval ? found.approval : 'not-required';
  return {
    encryption,
    volumes,
    serialQuality,
    approval,
    label: found.label,
    problems: findProblems(medium, encryption, approval, settings),
    canBeApproved: medium.kind !== 'disc' && medium.vendorId !== '',
  };
}

/** What is reported of a medium and its volumes; without serial numbers where the school has them left out. */
export function describeMedium(
  medium: Device,
  judgement: Judgement,
  hideSerials: boolean,
): Pick<MediaSeenData, 'device' | 'volumes' | 'encryption' | 'approval' | 'problems'> {
  return {
    device: {
      kind: medium.kind,
      bus: medium.bus.slice(0, 32),
      vendorId: medium.vendorId,
      productId: medium.productId,
      serial: hideSerials ? '' : medium.serial.slice(0, 256),
      serialQuality: hideSerials ? 'hidden' : judgement.serialQuality,
      name: medium.name.slice(0, 256),
      sizeBytes: medium.sizeBytes,
    },
    volumes: judgement.volumes.slice(0, 64).map((volume) => ({
      drive: driveLetterOf(volume.mountPoints),
      fileSystem: volume.fileSystem.slice(0, 64),
      sizeBytes: volume.sizeBytes ?? 0,
      encryption: volume.encryption,
      probe: volume.probeName.slice(0, 64),
    })),
    encryption: judgement.encryption,
    approval: judgement.approval,
    problems: [...judgement.problems],
  };
}

/** `E:` of `E:\`; empty where there is none. A folder's name may name a person and is never taken. */
function driveLetterOf(mountPoints: readonly string[]): string {
  for (const mountPoint of mountPoints) {
    const letter = /^([A-Za-z]):\\?$/u.exec(mountPoint)?.[1];
    if (letter !== undefined) return `${letter.toUpperCase()}:`;
  }
  return '';
}
