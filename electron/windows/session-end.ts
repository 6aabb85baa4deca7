/**
 * Listens for the end of the session on Windows: `before-quit` is not emitted at a sign-out or a shutdown there.
 *
 * Windows tells windows alone, and the agent has none most of the day. So one hidden window without a page listens. It has
 * no renderer process.
 */
import { BaseWindow } from 'electron';
import { frameless } from './overlay.ts';

interface Listeners {
  /** The session is about to end. The user, or another program, may still cancel that. */
  readonly onEnding: () => void;
  /**
   * The session ends now. Electron 44 and later end the process as soon as the listeners have returned (electron pull
   * request 52604), so what starts here and does not end at once may never be done. What must be kept is on disk before.
   */
  readonly onEnded: () => void;
}

/** Call when the app is ready. The returned function ends the listening. */
export function listenForSessionEnd({ onEnding, onEnded }: Listeners): () => void {
  const window = new BaseWindow({
    ...frameless,
    show: false,
    width: 1,
    height: 1,
    focusable: false,
    skipTaskbar: true,
    title: 'Porthor',
  });
  // Never prevent the event: Windows would then hold up the user's sign-out.
  window.on('query-session-end', () => onEnding());
  window.on('session-end', () => onEnded());
  return () => {
    if (!window.isDestroyed()) window.destroy();
  };
}
