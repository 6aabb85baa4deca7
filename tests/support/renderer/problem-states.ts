/** States of the window “Report a problem”. */
import type { HandlersOf, StateOf } from '../../../shared/ipc/contract.ts';
import type { ProblemContract } from '../../../shared/ipc/problem.ts';
import type { SelfCheckReport } from '../../../shared/self-check/report.ts';
import { selfCheckItemNames } from '../../../shared/self-check/report.ts';
import { frame } from './gate-states.ts';

export const problemState: StateOf<ProblemContract> = {
  ...frame,
  hasCollector: true,
  check: { state: 'not-begun' },
};

const faults: Readonly<Record<string, Omit<SelfCheckReport['items'][number], 'name'>>> = {
  idle: {
    outcome: 'failed',
    finding: 'unavailable',
    detail: 'org.freedesktop.ScreenSaver: no such name on this bus; the session is none of X11',
  },
  collector: {
    outcome: 'failed',
    finding: 'collector-not-reached',
    detail: 'net::ERR_CERT_AUTHORITY_INVALID',
  },
  certificate: {
    outcome: 'failed',
    finding: 'certificate-refused',
    detail: 'ERR_CERT_AUTHORITY_INVALID',
  },
  clock: { outcome: 'not-applicable', finding: 'not-known', detail: '' },
  lock: { outcome: 'not-tried', finding: 'lock-not-tried', detail: '' },
  'anti-virus': { outcome: 'not-applicable', finding: 'anti-virus-absent', detail: 'no program was found' },
  account: {
    outcome: 'degraded',
    finding: 'partly',
    detail: 'no directory answered; the name comes from the environment'.repeat(4).slice(0, 300),
  },
};

const volume = {
  bus: 'internal',
  kind: 'disk',
  role: 'data',
  fileSystem: 'NTFS',
  encryption: 'encrypted',
  probe: 'shell-property',
  found: 'BitLocker protection 1 (on)',
} as const;

export function selfCheckReport(result: 'ok' | 'failed'): SelfCheckReport {
  const good = { outcome: 'ok', finding: 'works', detail: '' } as const;
  return {
    format: 'porthor.self-check.v1',
    checkedAt: '2026-11-22T08:41:12.000Z',
    agentVersion: '0.1.0',
    runtime: { electron: '45.4.1', chrome: '148.0.0.0', node: '24.21.0' },
    os: 'Windows 11 Education (10.0.22631)',
    result,
    items: selfCheckItemNames.map((name) => ({
      name,
      ...((result === 'ok' ? undefined : faults[name]) ?? good),
    })),
    volumes: result === 'ok' ? [] : [volume, volume, { ...volume, bus: 'usb', encryption: 'locked' }],
  };
}

const nothing = () => Promise.resolve({});

export const problemHandlers = (): HandlersOf<ProblemContract> => ({
  setLanguage: nothing,
  close: nothing,
  sendProblem: () => Promise.resolve({ outcome: 'recorded' }),
  startCheck: nothing,
  saveReport: () =>
    Promise.resolve({ outcome: 'saved', path: 'C:\\Users\\eleri\\Documents\\porthor-self-check.json' }),
  showSavedReport: nothing,
});
