/** Builds what every feature uses, from the process, the settings on this PC and the signed-in account. */
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import { createSignal } from '../../shared/lib/signal.ts';
import { accountKey } from '../../shared/wire/account.ts';
import type { Capability } from '../../shared/wire/events.ts';
import { createSignedIn } from '../services/account/signed-in.ts';
import type { AgentContext, AgentProcess } from '../services/agent-context.ts';
import { createLanguageChoice } from '../services/language.ts';
import { readMachine } from '../services/machine/read-machine.ts';
import { readConfig } from '../services/managed-config/read-config.ts';
import { createCollectorFetch } from '../services/reporting/collector-fetch.ts';
import type { Reports } from '../services/reporting/reports.ts';
import { openPreferences } from '../storage/preferences/preferences.ts';

interface Options extends AgentProcess {
  readonly systemLanguages: readonly string[];
  readonly reports: Reports;
  readonly capabilities: () => readonly Capability[];
}

export interface CreatedContext {
  readonly context: AgentContext;
  /** Replaces the current configuration of a running agent. */
  readonly replaceConfig: (config: ManagedConfig) => void;
}

export async function createContext(options: Options): Promise<CreatedContext> {
  const { platform, folders, environment, log, reports } = options;
  const nowUtc = () => platform.clock.nowUtc();
  const { report, onFault, logFault } = reports;
  const localFolder = { directory: folders.local, nowUtc, onFault };

  const signedIn = createSignedIn(platform.account);
  // A directory may answer slowly. Meanwhile the agent is composed and the gate covers the desktop.
  void signedIn.read();
  const [firstConfig, machine, preferences] = await Promise.all([
    readConfig(platform.managedConfig, localFolder),
    readMachine(platform.machine, localFolder),
    openPreferences(folders.profile, (reason) => log(`preferences: ${reason}`)),
  ]);
  let config = firstConfig;
  const account = () => signedIn.person()?.account;
  return {
    replaceConfig: (changed) => {
      config = changed;
    },
    context: {
      platform,
      folders,
      environment,
      log,
      demonstration: options.demonstration,
      agentVersion: options.agentVersion,
      runtimeVersions: options.runtimeVersions,
      protection: options.protection,
      capabilities: options.capabilities,
      nowUtc,
      machine,
      config: () => config,
      signedIn,
      account,
      parties: () => {
        const named = account();
        return named === undefined ? undefined : { subject: accountKey(named), account: named, machine };
      },
      language: createLanguageChoice({
        managed: config.language,
        saved: preferences.language(),
        system: options.systemLanguages,
        save: (chosen) => preferences.setLanguage(chosen),
      }),
      report,
      onFault,
      logFault,
      collectorFetch: createCollectorFetch({
        config,
        networkSession: 'collector',
        environment,
        loadNetwork: platform.loadNetwork,
        nowUtc,
        onFault,
      }),
      statusChanged: createSignal(),
    },
  };
}
