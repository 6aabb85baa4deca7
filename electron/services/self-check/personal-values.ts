/** Collects what names a person, a PC, a school or a device, so that the report can leave it out. */
import os from 'node:os';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Personal } from '../../domain/self-check/hide-personal.ts';
import type { SignedInAccount } from '../../platform/account/account-port.ts';

interface Answers {
  readonly config: ManagedConfig;
  readonly account: SignedInAccount | undefined;
  readonly machine: Pick<Machine, 'id' | 'hostname'>;
  readonly drives: readonly Drive[];
}

/** What the ports and the configuration name. */
export function personalIn({ config, account, machine, drives }: Answers): Personal {
  return {
    names: [
      config.siteName,
      ...Object.values(config.contact),
      ...Object.values(account?.account ?? {}),
      machine.hostname,
      ...drives.flatMap(({ volumes }) => volumes.map(({ label }) => label)),
    ],
    others: [...secretsOf(config), account?.loginId ?? '', machine.id, ...drives.flatMap(idsOf)],
  };
}

/** What the environment of this process names. */
export function personalOfProcess(ownFolder: string): Personal {
  return { names: [os.hostname(), personName()], others: [os.homedir(), ownFolder, os.tmpdir()] };
}

function secretsOf(config: ManagedConfig): readonly string[] {
  const { collectorUrl } = config;
  return [
    collectorUrl,
    URL.canParse(collectorUrl) ? new URL(collectorUrl).hostname : '',
    config.enrolmentToken,
    config.stateDirectory,
    config.policy.directory,
    config.caCertificateFile,
    config.clientCertificateIssuer,
    config.gate.breakGlassCodeSha256,
  ];
}

function idsOf({ serial, usb, volumes }: Drive): readonly string[] {
  return [
    serial,
    ...(usb?.serial.kind === 'given' ? [usb.serial.text] : []),
    ...volumes.flatMap(({ mountPoints }) => mountPoints),
  ];
}

/** Empty for an account that no directory knows. */
function personName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return '';
  }
}
