/** Reads from the desktop's and the power manager's state whether a user watches the screen. */
import { windows } from '../native/windows-numbers.ts';
import type { Presence, PresenceKind } from './presence-port.ts';

/** QUERY_USER_NOTIFICATION_STATE (shellapi.h); what is not here says nothing of a person who watches. */
const byNotificationState: Readonly<Record<number, PresenceKind>> = {
  [windows.presence.fullScreenGame]: 'full-screen',
  [windows.presence.presentation]: 'presentation',
};

/**
 * QUNS_BUSY: the shell believes that a program fills the screen. Overlays, borderless windows and hidden taskbars cause it
 * too, so it counts only where a program also keeps the display on.
 */
const { busy, displayRequired } = windows.presence;

export function presenceOf(notificationState: number, executionState: number): readonly Presence[] {
  const keepsDisplayOn = (executionState & displayRequired) !== 0;
  const kind =
    notificationState === busy && keepsDisplayOn ? 'full-screen' : byNotificationState[notificationState];
  return [
    ...(kind === undefined ? [] : [{ kind, by: '' }]),
    ...(keepsDisplayOn ? [{ kind: 'display-required' as const, by: '' }] : []),
  ];
}
