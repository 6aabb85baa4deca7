/** How a PC's answers become a report: every name once, and no broken part reported as working. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateFacts,
  exitCodeOf,
  type PortFact,
  type SelfCheckFacts,
  worstOf,
} from '../../../../../electron/domain/self-check/evaluate-facts.ts';
import { type SelfCheckItemName, selfCheckItemNames } from '../../../../../shared/self-check/report.ts';

const full: PortFact = { level: 'full', detail: '', problem: undefined };

const allWell: SelfCheckFacts = {
  configuration: { kind: 'loaded', detail: 'Group Policy' },
  wanted: { idle: true, media: true, signOut: true, secureCollector: true },
  ports: {
    account: full,
    machine: full,
    session: full,
    idle: full,
    presence: full,
    usb: full,
    volumes: full,
    eject: full,
    'anti-virus': full,
    notifications: full,
  },
  logon: { secondsToGate: 3.1, gate: 'shown' },
  display: 'windows',
  lock: { capability: { name: 'lock', level: 'full', reason: '' }, tried: { kind: 'confirmed' } },
  systemLimit: { kind: 'read', seconds: 900 },
  secretStore: { kind: 'real', detail: '' },
  records: { kind: 'writable', detail: '' },
  proxy: { kind: 'direct', detail: '' },
  collector: { kind: 'answered', status: 200, aheadMs: 1000, authorityFaults: [] },
};

const evaluate = (change: Partial<SelfCheckFacts>, name: SelfCheckItemName) => {
  const item = evaluateFacts({ ...allWell, ...change }).find((evaluated) => evaluated.name === name);
  return item === undefined ? undefined : [item.outcome, item.finding, item.detail];
};
const noAnswer = (reason: string) =>
  ({ collector: { kind: 'no-answer', reason, authorityFaults: [] } }) as const;

it('is ok where every part works', () => {
  const items = evaluateFacts(allWell);
  expect(items.map(({ name }) => name)).toEqual([...selfCheckItemNames]);
  expect(new Set(items.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
  expect(worstOf(items)).toBe('ok');
});

it('ends with 0, 1 or 2; an item that was not tried or does not apply does not count', () => {
  const codeOf = (change: Partial<SelfCheckFacts>) =>
    exitCodeOf(worstOf(evaluateFacts({ ...allWell, ...change })));
  expect(codeOf({})).toBe(0);
  expect(codeOf({ lock: { ...allWell.lock, tried: undefined }, proxy: undefined })).toBe(0);
  const ports = {
    ...allWell.ports,
    notifications: { ...full, level: 'none' as const, detail: 'no service' },
  };
  expect(codeOf({ ports })).toBe(1);
  expect(codeOf({ ports, records: { kind: 'full', detail: '' } })).toBe(2);
});

describe('single answers', () => {
  it.each<[SelfCheckItemName, Partial<SelfCheckFacts>, readonly [string, string, string]]>([
    ['configuration', { configuration: { kind: 'absent' } }, ['degraded', 'configuration-absent', '']],
    [
      'configuration',
      { configuration: { kind: 'invalid', detail: 'file; idle' } },
      ['failed', 'configuration-wrong', 'file; idle'],
    ],
    [
      'configuration',
      { configuration: { kind: 'unreadable', detail: 'x' } },
      ['failed', 'configuration-unreadable', 'x'],
    ],
    ['logon', { logon: undefined }, ['not-applicable', 'logon-not-measured', '']],
    ['logon', { logon: { secondsToGate: 20, gate: 'open' } }, ['ok', 'gate-in-time', '20 s, open']],
    ['logon', { logon: { secondsToGate: 95.5, gate: 'shown' } }, ['degraded', 'gate-late', '95.5 s, shown']],
    ['display', { display: 'none' }, ['degraded', 'display-absent', '']],
    [
      'idle',
      { display: 'none', ports: { ...allWell.ports, idle: { ...full, level: 'none', detail: 'no X11' } } },
      ['degraded', 'needs-display', 'no X11'],
    ],
    ['idle', { display: 'none' }, ['ok', 'works', '']],
    ['display', { display: 'wayland' }, ['degraded', 'display-wayland', 'wayland']],
    [
      'lock',
      { lock: { capability: allWell.lock.capability, tried: undefined } },
      ['not-tried', 'lock-not-tried', ''],
    ],
    [
      'lock',
      { lock: { capability: { name: 'lock', level: 'none', reason: 'no logind' }, tried: undefined } },
      ['failed', 'unavailable', 'no logind'],
    ],
    [
      'lock',
      { lock: { ...allWell.lock, tried: { kind: 'requested' } } },
      ['degraded', 'lock-not-confirmed', ''],
    ],
    [
      'lock',
      { lock: { ...allWell.lock, tried: { kind: 'failed', reason: 'error 5' } } },
      ['failed', 'lock-refused', 'error 5'],
    ],
    ['system-limit', { systemLimit: { kind: 'read', seconds: undefined } }, ['ok', 'limit-not-set', '']],
    ['secret-store', { secretStore: { kind: 'weak', detail: 'b' } }, ['degraded', 'secrets-weak', 'b']],
    ['records', { records: { kind: 'full', detail: 'ENOSPC' } }, ['failed', 'disk-full', 'ENOSPC']],
    ['proxy', { proxy: { kind: 'proxy', detail: 'PROXY' } }, ['ok', 'proxy-used', 'PROXY']],
    ['collector', noAnswer('net::ERR_NAME'), ['failed', 'collector-not-reached', 'net::ERR_NAME']],
    [
      'collector',
      { collector: { kind: 'answered', status: 502, aheadMs: undefined, authorityFaults: [] } },
      ['failed', 'collector-odd', 'HTTP 502'],
    ],
    [
      'collector',
      noAnswer('net::ERR_CERT_AUTHORITY_INVALID'),
      ['failed', 'collector-not-trusted', 'net::ERR_CERT_AUTHORITY_INVALID'],
    ],
    ['certificate', noAnswer('net::ERR_CONNECTION_REFUSED'), ['not-applicable', 'not-known', '']],
    [
      'certificate',
      noAnswer('net::ERR_CERT_DATE_INVALID'),
      ['failed', 'certificate-refused', 'ERR_CERT_DATE_INVALID'],
    ],
    [
      'clock',
      { collector: { kind: 'answered', status: 200, aheadMs: -121_000, authorityFaults: [] } },
      ['degraded', 'clock-wrong', '121 s behind'],
    ],
    [
      'clock',
      { collector: { kind: 'answered', status: 200, aheadMs: 119_000, authorityFaults: [] } },
      ['ok', 'works', '119 s ahead'],
    ],
    ['clock', { collector: { kind: 'not-asked' } }, ['not-applicable', 'collector-not-set', '']],
  ])('%s %#', (name, change, expected) => {
    expect(evaluate(change, name)).toEqual(expected);
  });

  it('about parts that the school has switched off do not count', () => {
    const none: PortFact = { level: 'none', detail: '', problem: { kind: 'none', reason: 'no bus' } };
    const ports = { ...allWell.ports, usb: none, volumes: none, idle: none, presence: none };
    expect(worstOf(evaluateFacts({ ...allWell, ports }))).toBe('failed');
    const wanted = { ...allWell.wanted, idle: false, media: false };
    expect(worstOf(evaluateFacts({ ...allWell, ports, wanted }))).toBe('ok');
  });
});

it('says of a scan that cannot be offered what is missing, and not that it both is unused and cannot be used', () => {
  const none: PortFact = { level: 'none', detail: 'no anti-virus', problem: undefined };
  const ports = { ...allWell.ports, 'anti-virus': none };
  expect(evaluate({ ports }, 'anti-virus')).toEqual(['not-applicable', 'anti-virus-absent', 'no anti-virus']);
});

it('the report never shows a port as working that has a problem or is missing', () => {
  const name = fc.constantFrom(
    'account',
    'machine',
    'session',
    'idle',
    'presence',
    'usb',
    'volumes',
    'eject',
    'anti-virus',
    'notifications',
  );
  const level = fc.constantFrom('full', 'degraded', 'none');
  const problem = fc.option(
    fc.record({ kind: fc.constantFrom('none', 'unreadable', 'refused'), reason: fc.string() }),
    {
      nil: undefined,
    },
  );
  fc.assert(
    fc.property(name, fc.record({ level, problem, detail: fc.string() }), (port, fact: PortFact) => {
      const item = evaluateFacts({ ...allWell, ports: { ...allWell.ports, [port]: fact } }).find(
        (evaluated) => evaluated.name === port,
      );
      expect(item?.outcome === 'ok').toBe(fact.level === 'full' && fact.problem === undefined);
    }),
  );
});
