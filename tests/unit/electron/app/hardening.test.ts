/** What the agent answers to a server that asks for a certificate of this user or PC. */
import { beforeEach, expect, it, vi } from 'vitest';
import { hardenBeforeReady, nameClientCertificate } from '../../../../electron/app/hardening.ts';

type Listener = (
  event: { preventDefault: () => void },
  contents: null,
  server: string,
  offered: readonly object[],
  answer: (...chosen: readonly unknown[]) => void,
) => void;

const listeners = vi.hoisted(() => new Map<string, unknown>());
vi.mock('electron', () => ({
  app: {
    isPackaged: true,
    commandLine: { hasSwitch: () => false, appendSwitch: () => undefined, removeSwitch: () => undefined },
    enableSandbox: () => undefined,
    disableHardwareAcceleration: () => undefined,
    on: (name: string, listener: unknown) => listeners.set(name, listener),
  },
  protocol: { registerSchemesAsPrivileged: () => undefined },
  session: {},
  BrowserWindow: class {},
}));

const certificate = { issuerName: 'Ysgol CA', validStart: 0, validExpiry: 4_102_444_800 };

/** What the server gets, and whether Electron would send the first certificate of the store all the same. */
function ask(server: string) {
  const answered: unknown[][] = [];
  let isPrevented = false;
  const listener = listeners.get('select-client-certificate') as Listener;
  const event = {
    preventDefault: () => {
      isPrevented = true;
    },
  };
  listener(event, null, server, [certificate], (...chosen) => answered.push([...chosen]));
  return { answered, isPrevented };
}

beforeEach(() => {
  listeners.clear();
  nameClientCertificate(undefined);
  hardenBeforeReady();
});

it('sends no certificate to a server that asks for one', () => {
  expect(ask('collector.example:443')).toEqual({ answered: [[]], isPrevented: true });
});

it('sends the certificate that the school has named, to the collector alone', () => {
  nameClientCertificate({ server: 'collector.example:443', issuer: 'Ysgol CA' });
  expect(ask('collector.example:443')).toEqual({ answered: [[certificate]], isPrevented: true });
  expect(ask('proxy.example:443')).toEqual({ answered: [[]], isPrevented: true });
});
