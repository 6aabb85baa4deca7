/** What the media service needs, and what it offers to the windows, the tray and the agent. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { WarningCard } from '../../../shared/ipc/media-warning.ts';
import type { MediaAnswer, RegisterEntry } from '../../../shared/wire/media.ts';
import type { DeviceActionOptions } from './device-actions.ts';
import type { PluggedIn } from './warning-card.ts';
import type { WarningSurface } from './warning-surface.ts';
import type { WatchOptions } from './watch-devices.ts';

export interface MediaServiceOptions extends DeviceActionOptions, WatchOptions {
  /** Current settings. `settingsChanged` reports a change. */
  readonly settings: () => ManagedConfig['media'];
  /** The collector's device register as this PC knows it. */
  readonly register: () => readonly RegisterEntry[];
  /** The school's answers to this user, newest first. */
  readonly answers: () => readonly MediaAnswer[];
  readonly surface: WarningSurface;
}

export interface MediaService {
  /** Starts to watch. Devices that are plugged in already are *present*. */
  start(): Promise<void>;
  /** Lets warnings appear, those included that waited behind the shut gate. */
  allowWarnings(): void;
  /** The gate is shut again: new warnings wait. */
  holdWarnings(): void;
  cards(): readonly WarningCard[];
  pluggedIn(): readonly PluggedIn[];
  /** Shows every device with a problem again, also those that the user closed. */
  showAgain(): void;
  ejectDevice(id: string): Promise<void>;
  askForApproval(id: string, reason: string): Promise<void>;
  /** A technician's code, read out by telephone. */
  takeCode(id: string, code: string): Promise<void>;
  scanDevice(id: string): Promise<void>;
  close(): void;
  notePainted(ids: readonly string[]): void;
  /** The device register or the school's answers changed. */
  registerChanged(): void;
  /** Evaluates again without a new incident. A mode that does not warn takes the cards away. */
  settingsChanged(): void;
  /** Everything that was recorded has reached the collector. */
  noteDelivered(): void;
  fallAsleep(): void;
  wake(): void;
  /** The session may be in front again: changes made meanwhile count as present, as after a sleep. */
  comeToFront(): void;
  /** Calls `listener` when cards or plugged-in devices may have changed. Returns its removal. */
  onChanged(listener: () => void): () => void;
  /** Leaves no timer, no listener and no scan. */
  stop(): Promise<void>;
}
