/** Reads from the desktop's and the power manager's state whether a user watches the screen. */
import type { Presence, PresenceKind } from './presence-port.ts';

/** QUERY_USER_NOTIFICATION_STATE (shellapi.h); what is not here says nothing of a person who watches. */
const byNotificationState: Readonly<Record<number, PresenceKind>> = {
  /** QUNS_RUNNING_D3D_FULL_SCREEN */
  3: 'full-screen',
  /** QUNS_PRESENTATION_MODE */
  4: 'presentation',
};

/**
 * QUNS_BUSY: the shell believes that a program fills the screen. Overlays, borderless windows and hidden taskbars cause it
 * too, so it counts only where a program also keeps the display on.
 */
const busy = 2;

/** ES_DISPLAY_REQUIRED (winnt.h). */
const displayRequired = 0x2;

export function presenceOf(notificationState: number, executionState: number): readonly Presence[] {
  const keepsDisplayOn = (executionState & displayRequired) !== 0;
  const kind =
    notificationState === busy && keepsDisplayOn ? 'full-screen' : byNotificationState[notificationState];
  return [
    ...(kind === undefined ? [] : [{ kind, by: '' }]),
    ...(keepsDisplayOn ? [{ kind: 'display-required' as const, by: '' }] : []),
  ];
}
