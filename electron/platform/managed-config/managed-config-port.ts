/** What the administrator has set, read from the first place that exists, as a whole. */
import type { ManagedConfig, ManagedConfigProblem } from '../../../shared/config/managed-config.ts';
import type { Capability } from '../../../shared/wire/events.ts';

/** Absent, invalid and unreadable are three answers: only `absent` means "use the defaults". */
export type ManagedConfigAnswer =
  | { readonly kind: 'absent' }
  | { readonly kind: 'loaded'; readonly config: ManagedConfig; readonly from: string }
  | { readonly kind: 'invalid'; readonly problems: readonly ManagedConfigProblem[]; readonly from: string }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly from: string };

export interface ManagedConfigPort {
  capability(): Capability;
  /**
   * A later place is never looked at because an earlier one is wrong, only where the earlier one may be anybody's: then
   * the capability says so. Answers within 5 s and never rejects.
   */
  read(): Promise<ManagedConfigAnswer>;
  /**
   * Calls `onChange` when `read` may answer otherwise than before: soon where the system tells of it, else within five
   * minutes. It may be called without cause, never before this has returned, and not after the returned function was
   * called; a second call of that is harmless.
   */
  watch(onChange: () => void): () => void;
}
