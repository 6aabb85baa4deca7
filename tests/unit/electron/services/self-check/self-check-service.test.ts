/** The whole self-check on a scripted PC: what it asks, what it never does, and what its report never holds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeReport } from '../../../../../electron/services/self-check/describe-report.ts';
import {
  runSelfCheck,
  type SelfCheckOptions,
} from '../../../../../electron/services/self-check/self-check-service.ts';
import { defaultManagedConfig, parseManagedConfig } from '../../../../../shared/config/managed-config.ts';
import type { Drive } from '../../../../../shared/device/drive.ts';
import { languages } from '../../../../../shared/lib/language.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import {
  type SelfCheckItemName,
  type SelfCheckReport,
  selfCheckItemNames,
  selfCheckReportSchema,
} from '../../../../../shared/self-check/report.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakePlatform } from '../../../../fakes/platform/fake-platform.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

const collectorUrl = 'https://porthor.ysgol.example';

function makeParts(settings: Record<string, unknown> = { collectorUrl }) {
  const clock = createFakeClock();
  const deeds: string[] = [];
  const platform = createFakePlatform({ clock, record: (deed) => deeds.push(deed) });
  const config = parseManagedConfig(settings);
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  platform.managedConfig.answerWith({
    kind: 'loaded',
    from: 'HKLM\\SOFTWARE\\Policies\\Porthor',
    config: config.value,
  });
  const { network } = platform;
  network.answerWith(() =>
    Promise.resolve(new Response('ok', { headers: { date: clock.nowUtc().toUTCString() } })),
  );
  network.proxyWith(() => Promise.resolve('PROXY proxy.ysgol.example:8080; DIRECT'));
  const answered: SelfCheckItemName[] = [];
  const run = (change: Partial<SelfCheckOptions> = {}) =>
    runSelfCheck({
      onAnswered: (name) => void answered.push(name),
      platform,
      records: {
        ownFolder: '/home/teacher/porthor',
        environment: {},
        lastLogon: () => Promise.resolve({ secondsToGate: 3.1, gate: 'shown' }),
        tryFolder: () => Promise.resolve(succeed(undefined)),
      },
      personal: { names: [], others: [] },
      agentVersion: '0.1.0',
      runtime: { electron: '45.4.1', chrome: '150.0.0.0', node: '24.21.0' },
      consentsToLock: false,
      ...change,
    });
  return { answered, clock, deeds, network, platform, run };
}

const itemOf = (report: SelfCheckReport, name: SelfCheckItemName) =>
  report.items.find((item) => item.name === name);

describe('a PC on which everything works', () => {
  it('notes each item once when its answer comes, and the last of them before the report', async () => {
    const { answered, run } = makeParts();
    await run();
    expect(answered.toSorted()).toEqual([...selfCheckItemNames].toSorted());
    expect(answered[0]).toBe('configuration');
    expect(answered.at(-1)).toBe('lock');
  });

  it('is reported in the form of the schema, and left unchanged', async () => {
    const { clock, deeds, platform, run } = makeParts();
    const report = await run();
    expect(selfCheckReportSchema.parse(report)).toEqual(report);
    expect(report.items.filter(({ outcome }) => outcome !== 'ok')).toMatchObject([
      { name: 'lock', outcome: 'not-tried' },
    ]);
    expect(report.result).toBe('ok');
    expect(report.os).toBe('Windows 11 Education (10.0.22631)');
    expect(itemOf(report, 'configuration')?.detail).toBe('Group Policy');
    expect(itemOf(report, 'proxy')).toMatchObject({ finding: 'proxy-used', detail: 'PROXY, DIRECT' });
    expect(itemOf(report, 'lock')?.finding).toBe('lock-not-tried');
    expect(deeds).toEqual([]);
    expect(platform.media.usb.listeners()).toBe(0);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is locked once where the technician agreed', async () => {
    const { deeds, run } = makeParts();
    expect(itemOf(await run({ consentsToLock: true }), 'lock')).toMatchObject({
      outcome: 'ok',
      finding: 'works',
    });
    expect(deeds).toEqual(['lock']);
  });
});

it('names a certificate that is not trusted, and does not blame the clock', async () => {
  const { network, run } = makeParts();
  network.answerWith(() => Promise.reject(new Error('net::ERR_CERT_AUTHORITY_INVALID')));
  const report = await run();
  expect(itemOf(report, 'certificate')).toMatchObject({
    outcome: 'failed',
    detail: 'ERR_CERT_AUTHORITY_INVALID',
  });
  expect(itemOf(report, 'clock')?.outcome).toBe('not-applicable');
  expect(report.result).toBe('failed');
});

it('names the problem of the configured authority', async () => {
  const settings = { collectorUrl, caCertificateFile: '/etc/porthor/ca.pem' };
  const usable = makeParts(settings);
  usable.network.troubleWith([
    { kind: 'authority-unusable', reason: 'ca.pem is not there' },
    { kind: 'authority-unusable', reason: 'ca.pem is not there' },
  ]);
  const answering = await usable.run();
  expect(usable.network.authorities()).toMatchObject([{ session: 'self-check' }]);
  expect(itemOf(answering, 'certificate')).toMatchObject({
    outcome: 'degraded',
    detail: 'ca-certificate-unusable',
  });
  expect(describeReport(answering, 'en-GB')).toContain('caCertificateFile');
  const refused = makeParts(settings);
  refused.network.troubleWith([{ kind: 'certificate-refused', reason: 'is not for servers' }]);
  refused.network.answerWith(() => Promise.reject(new Error('net::ERR_CERT_AUTHORITY_INVALID')));
  expect(itemOf(await refused.run(), 'certificate')).toMatchObject({
    outcome: 'failed',
    detail: 'ERR_CERT_AUTHORITY_INVALID; collector-certificate-refused',
  });
});

it('reports by how much the clock is wrong', async () => {
  const { clock, network, run } = makeParts();
  network.answerWith(() => {
    const date = new Date(clock.nowUtc().getTime() + 600_000).toUTCString();
    return Promise.resolve(new Response('ok', { headers: { date } }));
  });
  const report = await run();
  expect(itemOf(report, 'clock')).toMatchObject({ outcome: 'degraded', finding: 'clock-wrong' });
  expect(itemOf(report, 'clock')?.detail).toMatch(/^60[01] s behind$/);
});

it('reports why a file was ignored in favour of the installer’s settings', async () => {
  const { platform, run } = makeParts();
  platform.managedConfig.answerWith({
    kind: 'loaded',
    from: 'HKLM\\SOFTWARE\\Porthor\\Setup',
    config: defaultManagedConfig,
  });
  Object.assign(platform.managedConfig, {
    capability: () => ({ name: 'managed-config', level: 'degraded', reason: 'the file is passed over' }),
  });
  expect(itemOf(await run(), 'configuration')).toMatchObject({
    outcome: 'ok',
    detail: 'installer; the file is passed over',
  });
});

it('asks no collector where none is set', async () => {
  const { network, run } = makeParts({});
  network.answerWith(() => Promise.reject(new Error('asked')));
  const report = await run();
  expect(itemOf(report, 'collector')).toMatchObject({
    outcome: 'not-applicable',
    finding: 'collector-not-set',
  });
  expect(report.result).toBe('ok');
});

it('continues without a port that breaks its promise, and does not wait for a silent port for ever', async () => {
  const { answered, clock, platform, run } = makeParts();
  const silent = new Promise<never>(() => undefined);
  Object.assign(platform.session, { readState: () => Promise.reject(new Error('a bug')) });
  Object.assign(platform.account, { read: () => silent });
  const running = run();
  // The deadline of the silent port applies once the others have answered.
  await drainMicrotasks();
  expect(answered).not.toContain('account');
  clock.advance(15_000);
  const report = await running;
  expect(answered.toSorted()).toEqual([...selfCheckItemNames].toSorted());
  expect(itemOf(report, 'session')).toMatchObject({ outcome: 'failed', detail: 'a bug' });
  expect(itemOf(report, 'account')).toMatchObject({ outcome: 'failed', finding: 'no-answer' });
  expect(clock.pendingTimers()).toBe(0);
});

it('waits no longer for a silent proxy script than for a port', async () => {
  const { answered, clock, network, run } = makeParts();
  network.proxyWith(() => new Promise<never>(() => undefined));
  const running = run();
  await drainMicrotasks();
  expect(answered).not.toContain('proxy');
  clock.advance(15_000);
  await drainMicrotasks();
  expect(answered).toContain('proxy');
  expect(itemOf(await running, 'proxy')).toMatchObject({
    outcome: 'degraded',
    detail: 'no answer within 15000 ms',
  });
  expect(clock.pendingTimers()).toBe(0);
});

it.each(languages)('describes in %s each item and what to do', async (language) => {
  const { platform, run } = makeParts({});
  platform.managedConfig.answerWith({
    kind: 'invalid',
    from: '/etc/porthor/config.json',
    problems: [{ key: 'idle.lockAfterSeconds', reason: 'must be at least 60' }],
  });
  const report = await run();
  const text = describeReport(report, language);
  expect(text).not.toContain('{{');
  expect(text).toContain('(file; idle/lockAfterSeconds: must be at least 60)');
  expect(text).toContain(language === 'en-GB' ? 'What to do: Correct' : "Beth i'w wneud: Cywirwch");
  expect(text.split('\n').length).toBeGreaterThan(report.items.length);
  // Without a file there is nothing to send, so the text names the switch that writes one.
  expect(text.trimEnd()).toMatch(/--save FILE\.$/u);
  expect(describeReport(report, language, true)).not.toContain('--save');
});

/** Text from a user, a school or a maker. No word of Porthor's own holds the mark. */
const seed = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }).map((text) => `zq7${text}`.trim());

it('never names the user, the PC, the school or the stick', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(seed, { minLength: 24, maxLength: 24 }), async (seeds) => {
      let next = 0;
      const personal = (): string => seeds[next++ % seeds.length] ?? 'zq7';
      const account = {
        name: personal(),
        domain: personal(),
        sid: personal(),
        upn: personal(),
        displayName: personal(),
      };
      const machine = { id: personal(), hostname: personal(), os: '' };
      const contact = { name: personal(), phone: personal(), email: personal(), place: personal() };
      const others = { siteName: personal(), enrolmentToken: personal() };
      const [loginId, home, user, label, serial, mountPoint] = [
        personal(),
        personal(),
        personal(),
        personal(),
        personal(),
        personal(),
      ];
      const all = [
        ...Object.values(account),
        machine.id,
        machine.hostname,
        ...Object.values(contact),
        ...Object.values(others),
        loginId,
        home,
        user,
        label,
        serial,
        mountPoint,
      ];
      const everything = all.join(' of ').slice(0, 300);
      const { network, platform, run } = makeParts({
        collectorUrl: 'https://zq7.example',
        contact,
        ...others,
      });
      platform.account.answerWith(succeed({ account, groups: [], loginId }));
      platform.machine.answerWith(succeed({ ...machine, os: `Windows of ${machine.hostname}` }));
      platform.session.standAs(fail({ kind: 'unreadable', reason: everything }));
      platform.sensors.idle.answerWith(fail({ kind: 'unreadable', reason: `idle: ${account.name}` }));
      platform.sensors.idle.limitWith(fail({ kind: 'unreadable', reason: account.displayName }));
      platform.sensors.presence.answerWith(succeed([{ kind: 'full-screen', by: personal() }]));
      platform.sensors.idle.plugIn([personal()]);
      platform.lock.answerWith(
        fail({ kind: 'refused', reason: `for ${account.sid} on ${machine.hostname}` }),
      );
      platform.media.usb.failWith({ kind: 'unreadable', reason: `of ${serial}` });
      const drive: Drive = {
        key: personal(),
        bus: 'usb',
        kind: 'disk',
        usb: undefined,
        vendor: personal(),
        model: personal(),
        serial,
        sizeBytes: 1,
        hasMedium: true,
        volumes: [
          {
            key: personal(),
            mountPoints: [mountPoint],
            label,
            fileSystem: label,
            sizeBytes: 1,
            role: 'data',
            encryption: 'cannot-tell',
            probe: { name: 'signature', found: `${label} at ${mountPoint}` },
          },
        ],
      };
      platform.media.volumes.show([drive]);
      network.answerWith(() => Promise.reject(new Error(`no way to zq7.example for ${account.upn}`)));
      network.proxyWith(() => Promise.reject(new Error(`proxy of ${others.siteName}`)));
      platform.secretStore.standAs('none', user);
      const report = await run({
        records: {
          ownFolder: home,
          environment: {},
          lastLogon: () => Promise.resolve(undefined),
          tryFolder: () => Promise.resolve(fail({ kind: 'refused', reason: `open '${home}/${user}/x'` })),
        },
        personal: { names: [user], others: [home] },
        consentsToLock: true,
      });
      const shown = [
        JSON.stringify(report),
        ...languages.map((language) => describeReport(report, language)),
      ];
      for (const text of shown) expect(text.toLowerCase()).not.toContain('zq7');
    }),
    { numRuns: 150 },
  );
});
