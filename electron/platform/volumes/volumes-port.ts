/** The drives of this PC and the volumes on them, as facts. What a user may do with them is decided elsewhere. */
import type { Drive } from '../../../shared/device/drive.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface VolumesProblem {
  /** `none`: nothing on this PC can answer. `unreadable`: the system gave no answer that can be understood. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface VolumesPort {
  capability(): Capability;
  /** All drives, including built-in ones but not network drives. Answers within 5 s and never rejects. */
  list(): Promise<Result<readonly Drive[], VolumesProblem>>;
  /**
   * Calls `changed` some time after drives, media, volumes or their encryption may have changed. It is a hint to list
   * again: one call covers a burst, and some calls come without a change. The returned function ends it; a second call
   * is harmless. Never rejects.
   */
  watch(changed: () => void): Promise<Result<() => Promise<void>, VolumesProblem>>;
}
