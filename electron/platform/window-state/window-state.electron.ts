/** What Electron alone knows of windows: whether they believe that they have the keyboard, and nothing in physical pixels. */
import { fail, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { WindowStatePort } from './window-state-port.ts';

/** @param reason why the system itself is not asked. */
export function createElectronWindowStatePort(reason: string): WindowStatePort {
  const capability: Capability = { name: 'window-state', level: 'degraded', reason };
  return {
    capability: () => capability,
    readKeyboard: (windows) =>
      succeed(windows.some((window) => window.isFocused()) ? { kind: 'window' } : { kind: 'other', by: '' }),
    takeKeyboard: (window) => {
      window.focus();
      return Promise.resolve(succeed(undefined));
    },
    readPlace: () => fail({ kind: 'none', reason }),
  };
}
