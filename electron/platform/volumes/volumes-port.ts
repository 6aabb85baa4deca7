/** The drives of this PC and the volumes on them, as facts: what may be done with them is not decided here. */
import type { Drive } from '../../../shared/device/drive.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface VolumesProblem {
  /** `none`: nothing here can be asked. `unreadable`: it was asked and gave no answer that can be understood. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface VolumesPort {
  capability(): Capability;
  /** All drives, built-in ones too; network drives are none. Answers within 5 s and never rejects. */
  list(): Promise<Result<readonly Drive[], VolumesProblem>>;
  /**
   * Calls `changed` some time after drives, media, volumes or their encryption may have changed: a hint to list
   * again, gathered over bursts and sometimes given for nothing. The function in the answer ends it; a second call
   * is harmless. Never rejects.
   */
  watch(changed: () => void): Promise<Result<() => Promise<void>, VolumesProblem>>;
}
