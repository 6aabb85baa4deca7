/** Asks every part of this PC that Porthor needs, each once and with a deadline, and reports what works. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  type CheckedVolume,
  maxDetailLength,
  type SelfCheckItemName,
  type SelfCheckReport,
} from '../../../shared/self-check/report.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { createHider, type Personal } from '../../domain/self-check/hide-personal.ts';
import {
  type CollectorFact,
  judgeFacts,
  type PortFact,
  type SelfCheckFacts,
  worstOf,
} from '../../domain/self-check/judge-facts.ts';
import type { Platform } from '../../platform/create-platform.ts';
import type { ManagedConfigAnswer } from '../../platform/managed-config/managed-config-port.ts';
import type { VolumesProblem } from '../../platform/volumes/volumes-port.ts';
import type { Fetch } from '../reporting/collector-client.ts';

/** What only the running program can tell, beside the ports of the platform. */
export interface SelfCheckSystem {
  readonly display: SelfCheckFacts['display'];
  readonly notifications: () => boolean;
  readonly secretStore: () => SelfCheckFacts['secretStore'];
  /** Through which proxy the system sends a request to this address, as Chromium writes it: `DIRECT`, `PROXY host:port`. */
  readonly resolveProxy: (url: string) => Promise<string>;
  /** As the agent with this configuration asks its collector; `onFault` is told by name what is wrong with that. */
  readonly fetchFor: (config: ManagedConfig, onFault: (fault: string) => void) => Fetch;
  /** Writes and removes a file where the agent keeps its records on this PC. */
  readonly tryRecords: (
    config: ManagedConfig,
    machine: Machine | undefined,
  ) => Promise<SelfCheckFacts['records']>;
  /** What else is personal here, beside what the ports know: the names and folders of the program's environment. */
  readonly personal: Personal;
}

export interface SelfCheckOptions {
  readonly platform: Platform;
  readonly system: SelfCheckSystem;
  /** What is judged by where the configuration cannot be had. */
  readonly defaultConfig: ManagedConfig;
  readonly agentVersion: string;
  readonly runtime: SelfCheckReport['runtime'];
  /** The technician has agreed that this screen is locked to see whether it can be. */
  readonly consentsToLock: boolean;
  /** Told once for every item, as soon as nothing more is waited for on its behalf. */
  readonly onAnswered?: (name: SelfCheckItemName) => void;
}

/** Longer than the longest promise of a port that is asked here (the account's 10 s). */
const portDeadlineMs = 15_000;
const collectorDeadlineMs = 10_000;
const mostVolumes = 64;
const mostProblems = 5;

/** Never rejects, and answers within a minute. */
export async function runSelfCheck(options: SelfCheckOptions): Promise<SelfCheckReport> {
  const { platform, system } = options;
  const { clock } = platform;
  const note = (...names: readonly SelfCheckItemName[]): void => {
    for (const name of names) options.onAnswered?.(name);
  };
  const noted = async <Value>(work: Promise<Value>, ...names: readonly SelfCheckItemName[]) => {
    const value = await work;
    note(...names);
    return value;
  };

  /** A port that broke its promise costs one item of the report and not the report. */
  const ask = <Value>(question: () => Value | Promise<Value>): Promise<Result<Value, string>> =>
    new Promise((resolve) => {
      const callOff = clock.setTimer(portDeadlineMs, () =>
        resolve(fail(`no answer within ${portDeadlineMs} ms`)),
      );
      void Promise.resolve()
        .then(question)
        .then(
          (value) => resolve(succeed(value)),
          (error: unknown) => resolve(fail(describe(error))),
        )
        .finally(callOff);
    });

  const askPort = async <Value>(
    name: SelfCheckItemName,
    capability: () => Capability,
    question: () => Promise<Result<Value, { readonly kind: string; readonly reason: string }>>,
    tell: (value: Value) => string,
  ): Promise<{ readonly fact: PortFact; readonly value: Value | undefined }> => {
    const asked = await noted(ask(question), name);
    const answer = asked.ok ? asked.value : fail({ kind: 'unreadable', reason: asked.error });
    // After the answer: many ports know what they can do only once they were asked.
    const { level, reason } = capability();
    if (!answer.ok) return { fact: { level, detail: reason, problem: answer.error }, value: undefined };
    const detail = [reason, tell(answer.value)].filter((part) => part !== '').join('; ');
    return { fact: { level, detail, problem: undefined }, value: answer.value };
  };
  const unloaded = (reason: string): PortFact => ({
    level: 'none',
    detail: reason,
    problem: { kind: 'unreadable', reason },
  });

  const askedConfig = await ask(() => platform.managedConfig.read());
  const answer: ManagedConfigAnswer = askedConfig.ok
    ? askedConfig.value
    : { kind: 'unreadable', reason: askedConfig.error, from: '' };
  const config = answer.kind === 'loaded' ? answer.config : options.defaultConfig;
  note('configuration', 'display', 'notifications');

  const [account, machine, session, loadedSensors, loadedMedia, secretStore] = await Promise.all([
    askPort(
      'account',
      () => platform.account.capability(),
      () => platform.account.read(),
      () => '',
    ),
    askPort(
      'machine',
      () => platform.machine.capability(),
      () => platform.machine.read(),
      () => '',
    ),
    askPort(
      'session',
      () => platform.session.capability(),
      () => platform.session.readState(),
      ({ inFront, locked }) => `${inFront ? 'in front' : 'behind another'}${locked ? ', locked' : ''}`,
    ),
    ask(() => platform.loadSensors()),
    ask(() => platform.removableMedia()),
    noted(ask(system.secretStore), 'secret-store'),
  ]);

  const askSensors = async () => {
    if (!loadedSensors.ok) {
      note('idle', 'presence', 'system-limit');
      const fact = unloaded(loadedSensors.error);
      const limit = { kind: 'failed', reason: loadedSensors.error } as const;
      return { idle: fact, presence: fact, limit };
    }
    const { idle, presence } = loadedSensors.value;
    const [idleAnswer, presenceAnswer, limit, controllers] = await Promise.all([
      askPort(
        'idle',
        () => idle.capability(),
        () => idle.readSeconds(),
        (seconds) => `${seconds} s`,
      ),
      askPort(
        'presence',
        () => presence.capability(),
        () => presence.read(),
        // Not by which program: that is what somebody does just now.
        (found) => found.map(({ kind }) => kind).join(', '),
      ),
      noted(
        ask(() => idle.readSystemLimit()),
        'system-limit',
      ),
      ask(() => idle.findGameControllers()),
    ]);
    const count = controllers.ok ? controllers.value.length : 0;
    const { fact } = idleAnswer;
    return {
      idle: count === 0 ? fact : { ...fact, detail: `${fact.detail}; game controllers: ${count}` },
      presence: presenceAnswer.fact,
      limit: readLimit(limit),
    };
  };

  const askMedia = async () => {
    note('eject', 'anti-virus');
    if (!loadedMedia.ok) {
      note('usb', 'volumes');
      const fact = unloaded(loadedMedia.error);
      return { usb: fact, volumes: fact, eject: fact, antiVirus: fact, drives: [] };
    }
    const { usb, volumes, eject, antiVirus } = loadedMedia.value;
    const [usbAnswer, volumesAnswer] = await Promise.all([
      askPort(
        'usb',
        () => usb.capability(),
        () => usb.list(),
        (devices) => `devices: ${devices.length}`,
      ),
      askPort<readonly Drive[]>(
        'volumes',
        () => volumes.capability(),
        (): Promise<Result<readonly Drive[], VolumesProblem>> => volumes.list(),
        (drives) => `drives: ${drives.length}`,
      ),
    ]);
    return {
      usb: usbAnswer.fact,
      volumes: volumesAnswer.fact,
      eject: asCapable(eject.capability()),
      antiVirus: asCapable(antiVirus.capability()),
      drives: volumesAnswer.value ?? [],
    };
  };

  const [sensors, media, records, proxy, collector] = await Promise.all([
    askSensors(),
    askMedia(),
    noted(
      ask(() => system.tryRecords(config, machine.value)),
      'records',
    ),
    noted(
      askProxy(config.collectorUrl, (url) => ask(() => system.resolveProxy(url))),
      'proxy',
    ),
    noted(askCollector(config, options), 'collector', 'certificate', 'clock'),
  ]);
  // Last: whoever is behind a locked screen is told less.
  const tried = options.consentsToLock ? await ask(() => platform.lock.lock()) : undefined;
  note('lock');

  const facts: SelfCheckFacts = {
    configuration: describeConfiguration(answer, platform.managedConfig.capability()),
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
    },
    display: system.display,
    lock: { capability: platform.lock.capability(), tried: readTrial(tried) },
    systemLimit: sensors.limit,
    notifications: system.notifications(),
    secretStore: secretStore.ok ? secretStore.value : { kind: 'none', detail: secretStore.error },
    records: records.ok ? records.value : { kind: 'refused', detail: records.error },
    proxy,
    collector,
  };

  const known = machine.value ?? knownMachine(await ask(() => platform.machine.read()));
  const { drives } = media;
  const hide = createHider({
    names: [
      ...system.personal.names,
      config.siteName,
      ...Object.values(config.contact),
      ...Object.values(account.value?.account ?? {}),
      known.hostname,
      ...drives.flatMap(({ volumes }) => volumes.map(({ label }) => label)),
    ],
    others: [
      ...system.personal.others,
      ...secretsOf(config),
      account.value?.loginId ?? '',
      known.id,
      ...drives.flatMap(idsOfDrive),
    ],
  });
  const show = (text: string) => hide(text).slice(0, maxDetailLength);

  const items = judgeFacts(facts).map((item) => ({ ...item, detail: show(item.detail) }));
  return {
    format: 'porthor.self-check.v1',
    checkedAt: clock.nowUtc().toISOString(),
    agentVersion: options.agentVersion,
    runtime: options.runtime,
    os: show(known?.os ?? ''),
    result: worstOf(items),
    items,
    volumes: drives.flatMap((drive) => describeVolumes(drive, show)).slice(0, mostVolumes),
  };
}

/** What a PC without an id still says of itself. */
function knownMachine(
  asked: Result<Awaited<ReturnType<Platform['machine']['read']>>, string>,
): Pick<Machine, 'id' | 'hostname' | 'os'> {
  if (!asked.ok) return { id: '', hostname: '', os: '' };
  return asked.value.ok ? asked.value.value : { id: '', ...asked.value.error.known };
}

function describeConfiguration(
  answer: ManagedConfigAnswer,
  { reason }: Capability,
): SelfCheckFacts['configuration'] {
  switch (answer.kind) {
    case 'absent':
      return answer;
    case 'loaded':
      return {
        kind: 'loaded',
        detail: reason === '' ? sourceOf(answer.from) : `${sourceOf(answer.from)}; ${reason}`,
      };
    case 'invalid': {
      // Written as the registry groups them; with a dot they would be hidden for names of hosts.
      const told = answer.problems
        .slice(0, mostProblems)
        .map(({ key, reason }) => `${key.replaceAll('.', '/')}: ${reason}`);
      const more = answer.problems.length - told.length;
      return {
        kind: 'invalid',
        detail: [sourceOf(answer.from), ...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
      };
    }
    case 'unreadable':
      return { kind: 'unreadable', detail: `${sourceOf(answer.from)}; ${answer.reason}` };
  }
}

/** The kind of place only: a path or a key of the registry may hold a name. */
function sourceOf(from: string): string {
  if (/^HKLM\\SOFTWARE\\Policies\\/iu.test(from)) return 'Group Policy';
  if (/^HKLM\\/iu.test(from)) return 'installer';
  return 'file';
}

function readLimit(
  asked: Result<Result<number | undefined, { readonly reason: string }>, string>,
): SelfCheckFacts['systemLimit'] {
  if (!asked.ok) return { kind: 'failed', reason: asked.error };
  return asked.value.ok
    ? { kind: 'read', seconds: asked.value.value }
    : { kind: 'failed', reason: asked.value.error.reason };
}

function readTrial(
  tried: undefined | Result<Result<'requested' | 'confirmed', { readonly reason: string }>, string>,
): SelfCheckFacts['lock']['tried'] {
  if (tried === undefined) return undefined;
  if (!tried.ok) return { kind: 'failed', reason: tried.error };
  return tried.value.ok ? { kind: tried.value.value } : { kind: 'failed', reason: tried.value.error.reason };
}

function asCapable({ level, reason }: Capability): PortFact {
  return { level, detail: reason, problem: undefined };
}

async function askProxy(
  collectorUrl: string,
  resolveProxy: (url: string) => Promise<Result<string, string>>,
): Promise<SelfCheckFacts['proxy']> {
  if (collectorUrl === '') return undefined;
  // A school's proxy script may wait for ever for what it asks itself.
  const proxy = await resolveProxy(collectorUrl);
  if (!proxy.ok) return { kind: 'failed', reason: proxy.error };
  if (/^\s*DIRECT\b/iu.test(proxy.value)) return { kind: 'direct', detail: '' };
  // The kinds alone (`PROXY`, `HTTPS`, `SOCKS5`): where a school's proxy stands is nobody's business.
  const kinds = proxy.value.split(';').flatMap((entry) => /^\s*([A-Z][A-Z0-9]*)\b/iu.exec(entry)?.[1] ?? []);
  return { kind: 'proxy', detail: kinds.join(', ') };
}

async function askCollector(
  config: ManagedConfig,
  { platform: { clock }, system }: SelfCheckOptions,
): Promise<CollectorFact> {
  if (config.collectorUrl === '') return { kind: 'not-asked' };
  const authorityFaults: string[] = [];
  const fetch = system.fetchFor(config, (fault) => {
    if (!authorityFaults.includes(fault)) authorityFaults.push(fault);
  });
  const abort = new AbortController();
  const callOff = clock.setTimer(collectorDeadlineMs, () => abort.abort());
  const askedAtMs = clock.nowUtc().getTime();
  try {
    const response = await fetch(`${config.collectorUrl.replace(/\/+$/u, '')}/healthz`, {
      method: 'GET',
      headers: {},
      signal: abort.signal,
      redirect: 'error',
      cache: 'no-store',
    });
    const answeredAtMs = clock.nowUtc().getTime();
    // Not waited for: a stream may never say that it is cancelled.
    response.body?.cancel().catch(() => undefined);
    const collectorAtMs = Date.parse(response.headers.get('date') ?? '');
    // The header counts whole seconds, cut: on average the collector's clock stood half a second later.
    const aheadMs = (askedAtMs + answeredAtMs) / 2 - (collectorAtMs + 500);
    return {
      kind: 'answered',
      status: response.status,
      aheadMs: Number.isNaN(aheadMs) ? undefined : aheadMs,
      authorityFaults,
    };
  } catch (error) {
    const reason = abort.signal.aborted ? `no answer within ${collectorDeadlineMs} ms` : describe(error);
    return { kind: 'no-answer', reason, authorityFaults };
  } finally {
    callOff();
  }
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
    config.gate.breakGlassCodeSha256,
  ];
}

function idsOfDrive({ serial, usb, volumes }: Drive): readonly string[] {
  return [
    serial,
    ...(usb?.serial.kind === 'given' ? [usb.serial.text] : []),
    ...volumes.flatMap(({ mountPoints }) => mountPoints),
  ];
}

function describeVolumes(drive: Drive, show: (text: string) => string): readonly CheckedVolume[] {
  return drive.volumes.map(({ role, fileSystem, encryption, probe }) => ({
    bus: drive.bus,
    kind: drive.kind,
    role,
    fileSystem: show(fileSystem),
    encryption,
    probe: probe.name,
    found: show(probe.found),
  }));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
