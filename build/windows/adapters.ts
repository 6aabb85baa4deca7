/** Every adapter that only Windows runs, and what has shown that it works. A test compares the list with the files. */
import type { DeepQuestionName } from '../../shared/self-check/deep-report.ts';

export interface WindowsAdapter {
  /** Below `electron/platform/`. */
  readonly file: string;
  /** The questions of the deep self-check that go through it. */
  readonly asks: readonly DeepQuestionName[];
  /** A test that calls it under Wine; undefined where Wine has no answer. */
  readonly wine?: string;
  /** A test that reads the structures of Windows from bytes, or answers its calls from a table. */
  readonly bytes?: string;
}

const ports = 'tests/wine/cases/ports.case.ts';
const drives = 'tests/unit/electron/platform/volumes/windows-drives.test.ts';

export const windowsAdapters: readonly WindowsAdapter[] = [
  {
    file: 'account/account-without-native.win32.ts',
    asks: ['account'],
    bytes: 'tests/unit/electron/platform/account/account-without-native.test.ts',
  },
  {
    file: 'account/account.win32.ts',
    asks: ['account'],
    wine: ports,
    bytes: 'tests/unit/electron/platform/account/account-windows.test.ts',
  },
  { file: 'anti-virus/anti-virus.win32.ts', asks: ['anti-virus'], wine: ports },
  {
    file: 'desktop-hold/desktop-hold.win32.ts',
    asks: ['desktop-hold'],
    wine: 'tests/wine/cases/desktop-hold.case.ts',
  },
  {
    file: 'folder-rights/folder-rights.win32.ts',
    asks: ['own-folder'],
    wine: 'tests/wine/cases/folder-rights.case.ts',
    bytes: 'tests/unit/electron/platform/folder-rights/folder-rights.test.ts',
  },
  { file: 'idle/idle.win32.ts', asks: ['idle', 'system-limit', 'game-controllers'], wine: ports },
  { file: 'lock/lock.win32.ts', asks: ['lock'] },
  { file: 'machine/machine.win32.ts', asks: ['machine'], wine: ports },
  {
    file: 'managed-config/managed-config.win32.ts',
    asks: ['managed-config'],
    wine: 'tests/wine/cases/managed-config.case.ts',
    bytes: 'tests/unit/electron/platform/managed-config/registry-config.test.ts',
  },
  {
    file: 'native/known-folder.win32.ts',
    asks: ['own-folder'],
    wine: 'tests/wine/cases/own-folders.case.ts',
  },
  {
    file: 'native/native.win32.ts',
    asks: ['account', 'session', 'managed-config'],
    wine: 'tests/wine/cases/services.case.ts',
  },
  {
    file: 'native/own-token.win32.ts',
    asks: ['account', 'own-folder'],
    wine: 'tests/wine/cases/folder-rights.case.ts',
    bytes: 'tests/unit/electron/platform/account/account-windows.test.ts',
  },
  {
    file: 'native/registry.win32.ts',
    asks: ['managed-config', 'machine'],
    wine: 'tests/wine/cases/managed-config.case.ts',
    bytes: 'tests/unit/electron/platform/native/registry.test.ts',
  },
  {
    file: 'native/service-state.win32.ts',
    asks: ['anti-virus'],
    wine: 'tests/wine/cases/services.case.ts',
  },
  { file: 'native/session-info.win32.ts', asks: ['session', 'lock'] },
  {
    file: 'own-folders/own-folders.win32.ts',
    asks: ['own-folder'],
    wine: 'tests/wine/cases/own-folders.case.ts',
  },
  {
    file: 'presence/presence.win32.ts',
    asks: ['presence'],
    wine: ports,
    bytes: 'tests/unit/electron/platform/idle/idle-and-presence.test.ts',
  },
  {
    file: 'secret-store/secret-store.win32.ts',
    asks: ['secret-store', 'sealed-text'],
    wine: 'tests/wine/cases/secret-store.case.ts',
  },
  { file: 'session/session.win32.ts', asks: ['session'], wine: ports },
  { file: 'usb/usb.win32.ts', asks: ['usb'], bytes: 'tests/unit/electron/platform/usb/usb-package.test.ts' },
  { file: 'volumes/eject.win32.ts', asks: ['stick-out'], bytes: drives },
  {
    file: 'volumes/list-drives.win32.ts',
    asks: ['volumes', 'stick-in'],
    wine: 'tests/wine/cases/volumes.case.ts',
    bytes: drives,
  },
  { file: 'volumes/shell-property.win32.ts', asks: ['volumes', 'stick-in'], bytes: drives },
  {
    file: 'volumes/storage.win32.ts',
    asks: ['volumes', 'stick-in'],
    wine: 'tests/wine/cases/volumes.case.ts',
    bytes: drives,
  },
  {
    file: 'volumes/volumes.win32.ts',
    asks: ['volumes', 'stick-in'],
    wine: 'tests/wine/cases/volumes.case.ts',
    bytes: drives,
  },
  { file: 'volumes/watch-letters.win32.ts', asks: ['stick-in'], bytes: drives },
  {
    file: 'window-state/window-state.win32.ts',
    asks: ['cover', 'keyboard', 'virtual-desktop'],
    bytes: 'tests/unit/electron/platform/window-state/window-state-windows.test.ts',
  },
];
