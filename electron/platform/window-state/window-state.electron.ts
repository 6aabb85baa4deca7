/** What Electron alone knows of windows: whether they believe that they have the keyboard, and nothing in physical pixels. */
import { fail, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { WindowStatePort } from './window-state-port.ts';

/** @param lack why the system itself should be asked and cannot be; empty where Electron's word is enough. */
export function createElectronWindowStatePort(lack: string): WindowStatePort {
  const capability: Capability = {
    name: 'window-state',
    level: lack === '' ? 'full' : 'degraded',
    reason: lack,
  };
  return {
    capability: () => capability,
    readKeyboard: (windows) =>
      succeed(windows.some((window) => window.isFocused()) ? { kind: 'window' } : { kind: 'other', by: '' }),
    takeKeyboard: (window) => {
      window.focus();
      return Promise.resolve(succeed(undefined));
    },
    readPlace: () => fail({ kind: 'none', reason: lack || 'Electron does not say it' }),
  };
}
