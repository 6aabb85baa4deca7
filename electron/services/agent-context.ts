/** What every feature of the agent may use: the PC, the user, the school's settings, and the way to report. */
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import type { Signal } from '../../shared/lib/signal.ts';
import type { Account, Machine } from '../../shared/wire/account.ts';
import type { Capability } from '../../shared/wire/events.ts';
import type { Platform } from '../platform/create-platform.ts';
import type { Fetch } from '../platform/network/network-port.ts';
import type { SecretProtection } from '../storage/identity/secret-protection.ts';
import type { SignedIn } from './account/signed-in.ts';
import type { EventParties } from './idle/lock-events.ts';
import type { LanguageChoice } from './language.ts';
import type { Reports } from './reporting/reports.ts';

/** What the process that runs the agent knows of itself. */
export interface AgentProcess {
  readonly platform: Platform;
  /** The gate shows *Leave demonstration* and lets go on request. */
  readonly demonstration: boolean;
  readonly agentVersion: string;
  readonly runtimeVersions: { readonly electron: string; readonly chrome: string; readonly node: string };
  readonly folders: {
    readonly assets: string;
    readonly preload: string;
    /** The agent's own folder of this account; the person store is in it unless the school names another. It may roam. */
    readonly profile: string;
    /** What concerns this PC alone, as its configuration. It never leaves the PC. */
    readonly local: string;
  };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly protection: SecretProtection;
  readonly log: (line: string) => void;
}

export interface AgentContext extends AgentProcess {
  readonly nowUtc: () => Date;
  readonly machine: Machine;
  /** Current configuration. Read it when needed; do not capture it. */
  readonly config: () => ManagedConfig;
  readonly signedIn: SignedIn;
  /** Undefined while the account is not known. */
  readonly account: () => Account | undefined;
  /** Whom and which PC reports name; undefined while the account is not known. */
  readonly parties: () => EventParties | undefined;
  readonly language: LanguageChoice;
  readonly report: Reports['report'];
  readonly onFault: Reports['onFault'];
  readonly logFault: Reports['logFault'];
  /** Requests to the collector: through the system's proxy and trust store, and the school's own authority. */
  readonly collectorFetch: Fetch;
  /** What all features can and cannot do on this PC. */
  readonly capabilities: () => readonly Capability[];
  /** What the tray and the small windows show may have changed. */
  readonly statusChanged: Signal;
}
