/** A removable device as a person sees it: one thing that was plugged in, with its drives and volumes. */
import { z } from 'zod';
import type { Volume } from './drive.ts';

export const deviceKindSchema = z.enum(['stick', 'card', 'disc', 'portable-device']);
export type DeviceKind = z.infer<typeof deviceKindSchema>;

/**
 * `present`: the device was there already at start, at login, when the PC woke up, or when its session came to the
 * front. `inserted`: the agent saw it arrive.
 */
export const arrivalSchema = z.enum(['present', 'inserted']);
export type Arrival = z.infer<typeof arrivalSchema>;

export interface DeviceVolume extends Volume {
  /** Names its drive, for ejecting it. */
  readonly driveKey: string;
  /** Burnt into the stick like a CD: it brings a program and takes no files. */
  readonly isBurntIn: boolean;
}

export interface Device {
  /** Names this one connection. */
  readonly key: string;
  /** Where it is plugged in; empty where the system does not say. */
  readonly port: string;
  readonly kind: DeviceKind;
  /** In the system's word: `usb`, `uas`, `sd`. */
  readonly bus: string;
  /** Empty where it has no USB descriptor. */
  readonly vendorId: string;
  readonly productId: string;
  /** As the system gives it; empty where there is none. */
  readonly serial: string;
  /** Maker and model as it names itself; empty where it says nothing. */
  readonly name: string;
  /** 0 where the size is unknown. */
  readonly sizeBytes: number;
  readonly driveKeys: readonly string[];
  readonly volumes: readonly DeviceVolume[];
  /** False while its drive or the medium in it has not appeared: there is nothing to evaluate yet. */
  readonly isReady: boolean;
}
