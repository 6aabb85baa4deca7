/** The self-check on the PC that this is: the same for the command line and for the window. */
import os from 'node:os';
import { app, Notification, type Session, safeStorage } from 'electron';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import {
  type SelfCheckItemName,
  type SelfCheckReport,
  selfCheckReportSchema,
} from '../../../shared/self-check/report.ts';
import type { Platform } from '../../platform/create-platform.ts';
import { locateStateFolder } from '../../services/person-store/state-folder.ts';
import { runSelfCheck, type SelfCheckSystem } from '../../services/self-check/self-check-service.ts';
import type { SecretProtection } from '../../storage/identity/secret-protection.ts';
import { tryFolder } from '../../storage/try-folder.ts';
import { createCollectorFetch } from '../collector-fetch.ts';

export interface ThisPc {
  readonly platform: Platform;
  readonly protection: SecretProtection;
  /** The folder in which the agent of this account keeps what is its own. */
  readonly ownFolder: string;
  /** Knows the system's proxy and trust store. */
  readonly network: Session;
}

interface Wishes {
  readonly consentsToLock: boolean;
  readonly onAnswered?: (name: SelfCheckItemName) => void;
}

export async function checkThisPc(pc: ThisPc, wishes: Wishes): Promise<SelfCheckReport> {
  return selfCheckReportSchema.parse(
    await runSelfCheck({
      ...wishes,
      platform: pc.platform,
      system: createSystem(pc),
      defaultConfig: defaultManagedConfig,
      agentVersion: app.getVersion(),
      runtime: {
        electron: process.versions['electron'] ?? '',
        chrome: process.versions['chrome'] ?? '',
        node: process.versions.node,
      },
    }),
  );
}

/** The report as it is printed and saved. */
export function reportFile(report: SelfCheckReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function createSystem({ platform, protection, ownFolder, network }: ThisPc): SelfCheckSystem {
  return {
    display: nameDisplay(platform.os),
    notifications: () => Notification.isSupported(),
    secretStore: () => {
      const detail = platform.os === 'linux' ? safeStorage.getSelectedStorageBackend() : '';
      // Electron calls it so where there is no keyring, whether it would use it or not.
      if (detail === 'basic_text') return { kind: 'weak', detail };
      if (!protection.available()) return { kind: 'none', detail };
      const probe = 'self-check';
      const given = protection.unprotect(protection.protect(probe));
      return given === probe
        ? { kind: 'real', detail }
        : { kind: 'none', detail: 'it did not give back what it was given' };
    },
    resolveProxy: (url) => network.resolveProxy(url),
    fetchFor: (config, onFault) =>
      createCollectorFetch({
        config,
        // Apart from the agent's own: what it finds wrong stands in the report, and is no fault of the agent.
        networkSession: 'self-check',
        environment: process.env,
        fetch: (url, init) => network.fetch(url, init),
        nowUtc: () => platform.clock.nowUtc(),
        onFault: ({ fault }) => onFault(fault),
      }),
    tryRecords: async ({ stateDirectory }, machine) => {
      const account = await platform.account.read();
      const folder = locateStateFolder(
        {
          configured: stateDirectory,
          ownFolder,
          environment: process.env,
          machine: machine ?? { id: '', hostname: '', os: '' },
        },
        account.ok ? account.value.account : undefined,
      );
      if (folder === undefined) return { kind: 'refused', detail: 'it is not known whose they are' };
      const tried = await tryFolder(folder.directory);
      return tried.ok
        ? { kind: 'writable', detail: '' }
        : { kind: tried.error.kind, detail: tried.error.reason };
    },
    personal: {
      names: [os.hostname(), personName()],
      others: [os.homedir(), ownFolder, app.getPath('temp')],
    },
  };
}

function nameDisplay(system: Platform['os']): SelfCheckSystem['display'] {
  if (system !== 'linux') return system === 'win32' ? 'windows' : 'other';
  const { XDG_SESSION_TYPE: kind, WAYLAND_DISPLAY: wayland, DISPLAY: display } = process.env;
  if (kind === 'wayland' || (wayland ?? '') !== '') return 'wayland';
  return (display ?? '') === '' ? 'none' : 'x11';
}

/** An account that no directory knows has no name to hide. */
function personName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return '';
  }
}
