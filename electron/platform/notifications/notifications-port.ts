/** The system's own notifications. Porthor's warnings never depend on them: systems drop them silently. */
import type { Capability } from '../../../shared/wire/events.ts';

export interface NotificationsPort {
  capability(): Capability;
}
