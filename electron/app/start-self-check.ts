/** The self-check from the command line: asks this PC, prints the report, writes the file for support. */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { app, Notification, net, safeStorage, session } from 'electron';
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import { createSelfCheckWords } from '../../shared/i18n/self-check-words.ts';
import type { Language } from '../../shared/lib/language.ts';
import { chooseLanguage } from '../../shared/lib/language.ts';
import { type SelfCheckReport, selfCheckReportSchema } from '../../shared/self-check/report.ts';
import type { Machine } from '../../shared/wire/account.ts';
import type { Platform } from '../platform/create-platform.ts';
import { describeReport } from '../services/self-check/describe-report.ts';
import { runSelfCheck, type SelfCheckSystem } from '../services/self-check/self-check-service.ts';
import type { SecretProtection } from '../storage/identity/identity.ts';
import { openPreferences } from '../storage/preferences/preferences.ts';
import { tryFolder } from '../storage/try-folder.ts';
import type { SelfCheckRequest } from './command-line.ts';

export interface StartSelfCheckOptions {
  readonly request: SelfCheckRequest;
  readonly platform: Platform;
  readonly protection: SecretProtection;
  /** The folder in which the agent of this account keeps what is its own. */
  readonly ownFolder: string;
  /** Where the agent keeps its records. */
  readonly stateFolder: (config: ManagedConfig, machine: Machine | undefined) => string;
  readonly defaultConfig: ManagedConfig;
  readonly display: SelfCheckSystem['display'];
}

const exitCodes: Readonly<Record<SelfCheckReport['result'], number>> = { ok: 0, degraded: 1, failed: 2 };

/** Resolves with the exit code: 0 all works, 1 with limits, 2 something does not work or the file was not written. */
export async function startSelfCheck(options: StartSelfCheckOptions): Promise<number> {
  const { request, platform, ownFolder } = options;
  const report = selfCheckReportSchema.parse(
    await runSelfCheck({
      platform,
      system: createSystem(options),
      defaultConfig: options.defaultConfig,
      agentVersion: app.getVersion(),
      runtime: {
        electron: process.versions['electron'] ?? '',
        chrome: process.versions['chrome'] ?? '',
        node: process.versions.node,
      },
      consentsToLock: request.consentsToLock,
    }),
  );
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  const language = await findLanguage(platform, ownFolder);
  await print(process.stdout, request.json ? json : describeReport(report, language));
  if (request.saveFile === undefined) return exitCodes[report.result];

  const words = createSelfCheckWords(language);
  const file = request.saveFile;
  try {
    await writeFile(file, json, { mode: 0o600 });
    // Beside the report and not in it: whoever reads the JSON from the standard output gets nothing else there.
    await print(process.stderr, `${words('self-check.saved', { file })}\n`);
    return exitCodes[report.result];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await print(process.stderr, `${words('self-check.notSaved', { file, reason })}\n`);
    return exitCodes.failed;
  }
}

function createSystem({
  platform,
  protection,
  ownFolder,
  stateFolder,
  display,
}: StartSelfCheckOptions): SelfCheckSystem {
  return {
    display,
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
    resolveProxy: (url) => session.defaultSession.resolveProxy(url),
    fetch: (url, init) => net.fetch(url, init),
    tryRecords: async (config, machine) => {
      const tried = await tryFolder(stateFolder(config, machine));
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

/** An account that no directory knows has no name to hide. */
function personName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return '';
  }
}

/** As in every window: the person's own choice, else the school's, else the system's. */
async function findLanguage(platform: Platform, ownFolder: string): Promise<Language> {
  const preferences = await openPreferences(ownFolder, () => undefined);
  const saved = preferences.language();
  if (saved !== undefined) return saved;
  const answer = await platform.managedConfig.read();
  const managed = answer.kind === 'loaded' ? answer.config.language : 'auto';
  return managed === 'auto' ? chooseLanguage(app.getPreferredSystemLanguages()) : managed;
}

/** Resolves when the text is out: a program that ends before loses what waits for a pipe. */
function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
