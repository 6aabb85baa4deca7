/** What the small windows behind the tray show, from facts alone. */

import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Contact } from '../../../shared/ipc/common.ts';
import type { StateOf } from '../../../shared/ipc/contract.ts';
import type {
  AboutContract,
  AgreementsContract,
  RecordsContract,
  Status,
} from '../../../shared/ipc/information.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { Account, Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { Receipt } from '../../storage/receipts/receipts.ts';

export interface InformationFacts {
  readonly config: ManagedConfig;
  readonly language: Language;
  readonly account: Account | undefined;
  readonly machine: Machine;
  readonly receipts: readonly Receipt[];
  readonly status: Status;
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
    agreements: facts.receipts.map((receipt) => ({
      policyId: receipt.policyId,
      policyVersion: receipt.policyVersion,
      title: receipt.title ?? { 'en-GB': receipt.policyId, 'cy-GB': receipt.policyId },
      language: receipt.language,
      decidedAt: receipt.decidedAt,
      fullName: receipt.fullName,
      jobRole: receipt.jobRole,
      delivered: receipt.delivered,
    })),
  };
}

export function toRecords({ config, language }: InformationFacts): StateOf<RecordsContract> {
  return {
    ...toFrame(config, language),
    collectorHost: config.collectorUrl === '' ? '' : new URL(config.collectorUrl).host,
    gateEnabled: config.gate.enabled,
    idleEnabled: config.idle.enabled,
    mediaMode: config.media.mode,
    hideSerials: config.media.hideSerials,
  };
}
