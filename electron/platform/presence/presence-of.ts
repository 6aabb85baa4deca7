/** Reads from the desktop's and the power manager's state whether a user watches the screen. */
import type { Presence, PresenceKind } from './presence-port.ts';

/** QUERY_USER_NOTIFICATION_STATE (shellapi.h); what is not here says nothing of a person who watches. */
const byNotificationState: Readonly<Record<number, PresenceKind>> = {
  /** QUNS_BUSY: a program fills the screen. */
  2: 'full-screen',
  /** QUNS_RUNNING_D3D_FULL_SCREEN */
  3: 'full-screen',
  /** QUNS_PRESENTATION_MODE */
  4: 'presentation',
};

/** ES_DISPLAY_REQUIRED (winnt.h). */
const displayRequired = 0x2;

export function presenceOf(notificationState: number, executionState: number): readonly Presence[] {
  const kind = byNotificationState[notificationState];
  return [
    ...(kind === undefined ? [] : [{ kind, by: '' }]),
    ...((executionState & displayRequired) === 0 ? [] : [{ kind: 'display-required' as const, by: '' }]),
  ];
}
