/** What the small windows behind the tray show, derived from facts alone. */

import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Contact } from '../../../shared/ipc/common.ts';
import type { StateOf } from '../../../shared/ipc/contract.ts';
import type {
  AboutContract,
  AgreementsContract,
  RecordsContract,
  Status,
} from '../../../shared/ipc/information.ts';
import type { Bilingual, Language } from '../../../shared/lib/language.ts';
import type { Account, Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface InformationFacts {
  readonly config: ManagedConfig;
  readonly language: Language;
  readonly account: Account | undefined;
  readonly machine: Machine;
  readonly agreements: Pick<StateOf<AgreementsContract>, 'agreements' | 'askingElsewhere'>;
  readonly status: Status;
  /** Renewals that fall due soon, for the tray. */
  readonly upcoming: readonly { readonly title: Bilingual; readonly dueOn: string }[];
  readonly capabilities: readonly Capability[];
  readonly agentVersion: string;
  readonly runtimeVersion: string;
}

export interface Frame {
  readonly siteName: string;
  readonly language: Language;
  readonly contact: Contact;
}

export function toFrame(config: ManagedConfig, language: Language): Frame {
  return { siteName: config.siteName, language, contact: config.contact };
}

export function personName(account: Account | undefined): string {
  if (account === undefined) return '';
  return account.displayName === '' ? account.name : account.displayName;
}

export function toAbout(facts: InformationFacts): StateOf<AboutContract> {
  return {
    ...toFrame(facts.config, facts.language),
    status: facts.status,
    agentVersion: facts.agentVersion,
    runtimeVersion: facts.runtimeVersion,
    machineId: facts.machine.id,
    hostname: facts.machine.hostname,
    capabilities: [...facts.capabilities],
  };
}

export function toAgreements(facts: InformationFacts): StateOf<AgreementsContract> {
  return {
    ...toFrame(facts.config, facts.language),
    person: personName(facts.account),
    ...facts.agreements,
  };
}

export function toRecords({ config, language }: InformationFacts): StateOf<RecordsContract> {
  return {
    ...toFrame(config, language),
    collectorHost: config.collectorUrl === '' ? '' : new URL(config.collectorUrl).host,
    gateEnabled: config.gate.enabled,
    mediaMode: config.media.mode,
    hideSerials: config.media.hideSerials,
  };
}
