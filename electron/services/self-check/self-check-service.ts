/** Asks every part of this PC that Porthor needs, each once and with a deadline, and reports what works. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { DeepAnswer } from '../../../shared/self-check/deep-report.ts';
import {
  maxDetailLength,
  type SelfCheckItemName,
  type SelfCheckReport,
} from '../../../shared/self-check/report.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import { evaluateFacts, type SelfCheckFacts, worstOf } from '../../domain/self-check/evaluate-facts.ts';
import { createHider, type Personal } from '../../domain/self-check/hide-personal.ts';
import type { SignedInAccount } from '../../platform/account/account-port.ts';
import type { Platform } from '../../platform/create-platform.ts';
import { type Asker, asCapable, createAsker, unloaded } from './ask.ts';
import { askConfiguration } from './ask-configuration.ts';
import { askCollector, askProxy } from './ask-network.ts';
import { askRemovableMedia, describeVolumes } from './ask-removable-media.ts';
import { askSensors } from './ask-sensors.ts';
import { askRecords, askSecretStore, type RecordsQuestion } from './ask-storage.ts';
import { personalIn } from './personal-values.ts';

export interface SelfCheckOptions {
  readonly platform: Platform;
  readonly records: RecordsQuestion;
  /** What the environment of the program names, beside what the ports and the configuration name. */
  readonly personal: Personal;
  readonly agentVersion: string;
  readonly runtime: SelfCheckReport['runtime'];
  /** The technician has agreed that this screen is locked, to see whether it can be. */
  readonly consentsToLock: boolean;
  /** Goes on where the items end, and gets the function that hides what is personal. */
  readonly deepCheck?: ((hide: (text: string) => string) => Promise<readonly DeepAnswer[]>) | undefined;
  /** Called once for every item, as soon as nothing more is waited for on its behalf. */
  readonly onAnswered?: (name: SelfCheckItemName) => void;
}

const mostVolumes = 64;

/** Never rejects. Without the deep check it answers within a minute. */
export async function runSelfCheck(options: SelfCheckOptions): Promise<SelfCheckReport> {
  const { platform } = options;
  const asker = createAsker(platform.clock, options.onAnswered ?? (() => undefined));
  const { facts, drives, ...answers } = await gatherFacts(options, asker);
  const items = evaluateFacts(facts);

  const machine = answers.machine ?? knownMachine(await asker.ask(() => platform.machine.read()));
  const named = personalIn({ ...answers, machine, drives });
  const hide = createHider({
    names: [...options.personal.names, ...named.names],
    others: [...options.personal.others, ...named.others],
  });
  const deep = await options.deepCheck?.(hide);
  const show = (text: string) => hide(text).slice(0, maxDetailLength);
  return {
    format: 'porthor.self-check.v1',
    checkedAt: platform.clock.nowUtc().toISOString(),
    agentVersion: options.agentVersion,
    runtime: options.runtime,
    os: show(machine.os),
    result: worstOf(items),
    items: items.map((item) => ({ ...item, detail: show(item.detail) })),
    volumes: drives.flatMap((drive) => describeVolumes(drive, show)).slice(0, mostVolumes),
    ...(deep === undefined ? {} : { deep: [...deep] }),
  };
}

interface Gathered {
  readonly facts: SelfCheckFacts;
  readonly config: ManagedConfig;
  readonly account: SignedInAccount | undefined;
  readonly machine: Machine | undefined;
  readonly drives: readonly Drive[];
}

async function gatherFacts(options: SelfCheckOptions, asker: Asker): Promise<Gathered> {
  const { platform } = options;
  const { clock, desktop, loadNetwork } = platform;
  const { environment, lastLogon, ownFolder } = options.records;
  const { ask, note } = asker;

  const { config, fact: configuration } = await askConfiguration(platform.managedConfig, asker);
  note('display');

  const [{ account, machine, session }, secretStore, notifications, logon] = await Promise.all([
    askLogin(platform, asker),
    askSecretStore(platform.loadSecretStore, asker),
    ask(async () => (await platform.loadNotifications()).capability(), 'notifications'),
    ask(() => lastLogon(ownFolder), 'logon'),
  ]);

  const [sensors, media, records, proxy, collector] = await Promise.all([
    askSensors(() => platform.loadSensors(), asker),
    askRemovableMedia(() => platform.removableMedia(), asker),
    askRecords(options.records, config, { account: account.value?.account, machine: machine.value }, asker),
    askProxy(config, loadNetwork, asker),
    askCollector({ config, environment, loadNetwork, clock }, asker),
  ]);
  // Last, because some ports answer less behind a locked screen.
  const tried = options.consentsToLock ? await ask(() => platform.lock.lock()) : undefined;
  note('lock');

  const facts: SelfCheckFacts = {
    configuration,
    wanted: {
      idle: config.idle.enabled,
      media: config.media.mode !== 'off',
      signOut: config.gate.enabled && config.gate.onDecline === 'sign-out',
      secureCollector: /^https:/iu.test(config.collectorUrl),
    },
    ports: {
      account: account.fact,
      machine: machine.fact,
      session: session.fact,
      idle: sensors.idle,
      presence: sensors.presence,
      usb: media.usb,
      volumes: media.volumes,
      eject: media.eject,
      'anti-virus': media.antiVirus,
      notifications: notifications.ok ? asCapable(notifications.value) : unloaded(notifications.error),
    },
    logon: logon.ok ? logon.value : undefined,
    display: desktop.display,
    lock: { capability: platform.lock.capability(), tried: toTrial(tried) },
    systemLimit: sensors.systemLimit,
    secretStore,
    records,
    proxy,
    collector,
  };
  return { facts, config, account: account.value, machine: machine.value, drives: media.drives };
}

/** Who is signed in, on which PC, in which session. */
async function askLogin({ account, machine, session }: Platform, { askPort }: Asker) {
  const [accountAnswer, machineAnswer, sessionAnswer] = await Promise.all([
    askPort('account', { capability: () => account.capability(), read: () => account.read() }),
    askPort('machine', { capability: () => machine.capability(), read: () => machine.read() }),
    askPort('session', {
      capability: () => session.capability(),
      read: () => session.readState(),
      describe: ({ inFront, locked }) =>
        `${inFront ? 'in front' : 'behind another'}${locked ? ', locked' : ''}`,
    }),
  ]);
  return { account: accountAnswer, machine: machineAnswer, session: sessionAnswer };
}

/** A PC without an id still has a name and a system. */
function knownMachine(
  asked: Result<Awaited<ReturnType<Platform['machine']['read']>>, string>,
): Pick<Machine, 'id' | 'hostname' | 'os'> {
  if (!asked.ok) return { id: '', hostname: '', os: '' };
  return asked.value.ok ? asked.value.value : { id: '', ...asked.value.error.known };
}

function toTrial(
  tried: undefined | Result<Result<'requested' | 'confirmed', { readonly reason: string }>, string>,
): SelfCheckFacts['lock']['tried'] {
  if (tried === undefined) return undefined;
  if (!tried.ok) return { kind: 'failed', reason: tried.error };
  return tried.value.ok ? { kind: tried.value.value } : { kind: 'failed', reason: tried.value.error.reason };
}
