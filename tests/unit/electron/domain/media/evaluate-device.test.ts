import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextExpiry } from '../../../../../electron/domain/media/approval.ts';
import {
  describeForReport,
  type EvaluationSettings,
  evaluateDevice,
} from '../../../../../electron/domain/media/evaluate-device.ts';
import type { Device } from '../../../../../shared/device/device.ts';
import { normaliseSerial, serialQuality } from '../../../../../shared/device/serial-number.ts';
import { mediaSeenDataSchema, type RegisterEntry } from '../../../../../shared/wire/media.ts';
import {
  anyDevice,
  anySources,
  makeDevice,
  makeDeviceVolume,
} from '../../../../support/device-arbitraries.ts';

const now = new Date('2026-11-22T08:40:00Z');
const strict: EvaluationSettings = { requireEncryption: true, requireApproval: true, encryptedModels: [] };
const entry: RegisterEntry = {
  vendorId: '0781',
  productId: '5567',
  serial: '4c530001230711104295',
  label: 'Office 3',
};

function judge(
  device: Device,
  more: {
    settings?: Partial<EvaluationSettings>;
    entries?: readonly RegisterEntry[];
    others?: readonly Device[];
  } = {},
) {
  return evaluateDevice(device, {
    settings: { ...strict, ...more.settings },
    sources: [more.entries ?? [entry]],
    pluggedIn: [device, ...(more.others ?? [])],
    now,
  });
}

const volumes = (...states: readonly ('encrypted' | 'not-encrypted' | 'locked' | 'cannot-tell')[]) =>
  states.map((encryption, index) => makeDeviceVolume({ key: `sdb${index}`, encryption }));

describe('encryption', () => {
  it.each([
    [['encrypted'], 'encrypted', []],
    [['locked'], 'locked', []],
    [['encrypted', 'locked'], 'locked', []],
    [['not-encrypted'], 'not-encrypted', ['not-encrypted']],
    [['encrypted', 'not-encrypted'], 'not-encrypted', ['not-encrypted']],
    [['locked', 'cannot-tell'], 'cannot-tell', ['cannot-tell']],
    [['cannot-tell', 'not-encrypted'], 'not-encrypted', ['not-encrypted']],
    [[], 'cannot-tell', ['cannot-tell']],
  ] as const)('of volumes that are %j is %s', (states, encryption, problems) => {
    const found = judge(makeDevice({ volumes: volumes(...states) }));
    expect(found.encryption).toBe(encryption);
    expect(found.problems).toEqual(problems);
  });

  it('is not required of a system partition or a burnt-in program beside the files', () => {
    const beside = [
      makeDeviceVolume({ role: 'boot' }),
      makeDeviceVolume({ isBurntIn: true }),
      ...volumes('encrypted'),
    ];
    expect(judge(makeDevice({ volumes: beside })).encryption).toBe('encrypted');
    expect(judge(makeDevice({ volumes: [makeDeviceVolume({ role: 'boot' })] })).encryption).toBe(
      'not-encrypted',
    );
    expect(judge(makeDevice({ volumes: [makeDeviceVolume({ isBurntIn: true })] })).encryption).toBe(
      'cannot-tell',
    );
  });

  it('of a model that encrypts by itself is known without reading it, locked or open', () => {
    const settings = { encryptedModels: [{ vendorId: '0781', productId: '5567' }] };
    const open = judge(makeDevice(), { settings });
    expect(open).toMatchObject({ encryption: 'encrypted', problems: [] });
    expect(open.volumes[0]?.probeName).toBe('known-model');
    const closed = makeDevice({ volumes: [makeDeviceVolume({ isBurntIn: true })] });
    expect(judge(closed, { settings }).encryption).toBe('locked');
  });

  it('is not demanded where the school does not require it', () => {
    expect(judge(makeDevice(), { settings: { requireEncryption: false } }).problems).toEqual([]);
  });
});

describe('approval', () => {
  it.each([
    ['this one, whatever the case of its number', entry, 'approved'],
    ['the whole model', { ...entry, serial: undefined }, 'approved'],
    ['another number', { ...entry, serial: 'A1B2C3D4' }, 'not-in-register'],
    ['another model', { ...entry, productId: '5591' }, 'not-in-register'],
    ['this one until tomorrow', { ...entry, expiresAt: '2026-11-23T00:00:00Z' }, 'approved'],
    ['this one until this very moment', { ...entry, expiresAt: '2026-11-22T08:40:00Z' }, 'expired'],
  ] as const)('by an entry for %s', (_name, { serial, ...found }, approval) => {
    const entries = [serial === undefined ? found : { ...found, serial }];
    expect(judge(makeDevice(), { entries }).approval).toBe(approval);
  });

  it('by a number that two devices carry at once, or that one list names twice, does not count', () => {
    const twin = makeDevice({ key: 'usb 1-3#9', port: '1-3' });
    expect(judge(makeDevice(), { others: [twin] })).toMatchObject({
      approval: 'weak-serial',
      serialQuality: 'repeated',
      problems: ['not-encrypted', 'not-approved'],
    });
    expect(judge(makeDevice(), { entries: [entry, { ...entry, label: 'again' }] }).approval).toBe(
      'weak-serial',
    );
    expect(
      judge(makeDevice(), {
        entries: [{ vendorId: '0781', productId: '5567', label: 'model' }],
        others: [twin],
      }).approval,
    ).toBe('approved');
  });

  it('by an entry that was renewed after it had ended counts: an ended entry never makes a number ambiguous', () => {
    const ended = { ...entry, expiresAt: '2026-11-22T08:39:59Z' };
    const renewed = { ...entry, expiresAt: '2027-07-31T00:00:00Z' };
    for (const entries of [
      [ended, renewed],
      [renewed, ended],
      [ended, ended, entry],
    ]) {
      expect(judge(makeDevice(), { entries })).toMatchObject({ approval: 'approved', serialQuality: 'good' });
    }
    expect(judge(makeDevice(), { entries: [ended, ended] }).approval).toBe('expired');
    expect(judge(makeDevice(), { entries: [ended, renewed, entry] }).approval).toBe('weak-serial');
  });

  it('by the same entry in the configuration and in the register counts', () => {
    const device = makeDevice();
    const found = evaluateDevice(device, {
      settings: strict,
      sources: [[entry], [entry]],
      pluggedIn: [device],
      now,
    });
    expect(found.approval).toBe('approved');
  });

  it('is the only demand on a phone, where the school requires approval at all', () => {
    const phone = makeDevice({ kind: 'portable-device', volumes: [] });
    expect(judge(phone).problems).toEqual([]);
    expect(judge(phone, { entries: [] }).problems).toEqual(['not-approved']);
    expect(judge(phone, { settings: { requireApproval: false } }).problems).toEqual(['cannot-tell']);
  });

  it('is never given to a disc, because no agent could recognise it again', () => {
    const disc = judge(makeDevice({ kind: 'disc' }));
    expect(disc).toMatchObject({ approval: 'not-in-register', canBeApproved: false });
  });

  it('ends next when the earliest valid entry ends', () => {
    const sources = ['2026-11-01T00:00:00Z', '2027-01-01T00:00:00Z', '2026-12-01T00:00:00Z'].map(
      (expiresAt) => [{ ...entry, expiresAt }],
    );
    expect(nextExpiry(sources, now)?.toISOString()).toBe('2026-12-01T00:00:00.000Z');
    expect(nextExpiry([[entry]], now)).toBeUndefined();
  });
});

const runs = { numRuns: Number(process.env['PORTHOR_FUZZ_RUNS'] ?? 2000) };

describe('the verdict on any device', () => {
  const anyFacts = fc.record({
    device: anyDevice,
    others: fc.array(anyDevice, { maxLength: 3 }),
    sources: anySources,
    requireEncryption: fc.boolean(),
    requireApproval: fc.boolean(),
  });

  it('is no better than its volumes, and calls no encrypted device unencrypted', () => {
    fc.assert(
      fc.property(anyFacts, ({ device, others, sources, ...required }) => {
        const found = evaluateDevice(device, {
          settings: { ...required, encryptedModels: [] },
          sources,
          pluggedIn: [device, ...others],
          now,
        });
        const states = device.volumes.map(({ encryption }) => encryption);
        if (found.encryption === 'encrypted' || found.encryption === 'locked') {
          expect(states).toContain(found.encryption);
        }
        if (found.encryption === 'not-encrypted') expect(states).toContain('not-encrypted');
        if (!required.requireEncryption) {
          expect(found.problems.filter((problem) => problem !== 'not-approved')).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('rests an approval on a valid entry that names this device or its whole model', () => {
    fc.assert(
      fc.property(anyFacts, ({ device, others, sources }) => {
        const found = evaluateDevice(device, {
          settings: strict,
          sources,
          pluggedIn: [device, ...others],
          now,
        });
        if (found.approval !== 'approved') return;
        const reasons = sources
          .flat()
          .filter(
            (one) =>
              one.vendorId === device.vendorId &&
              one.productId === device.productId &&
              (one.expiresAt === undefined || Date.parse(one.expiresAt) > now.getTime()) &&
              (one.serial === undefined ||
                (normaliseSerial(one.serial) === normaliseSerial(device.serial) &&
                  serialQuality(device.serial) === 'good')),
          );
        expect(reasons).not.toEqual([]);
        expect(device.kind).not.toBe('disc');
      }),
      runs,
    );
  });

  it('fits the wire in the report, with no label, no folder and, where hidden, no serial number', () => {
    const reported = mediaSeenDataSchema.pick({
      device: true,
      volumes: true,
      encryption: true,
      approval: true,
      problems: true,
    });
    fc.assert(
      fc.property(anyFacts, fc.boolean(), ({ device, sources }, hideSerials) => {
        const evaluation = evaluateDevice(device, { settings: strict, sources, pluggedIn: [device], now });
        const told = describeForReport(device, evaluation, hideSerials);
        expect(reported.parse(told)).toEqual(told);
        expect(JSON.stringify(told)).not.toContain('/media/porthor');
        if (hideSerials) expect(told.device).toMatchObject({ serial: '', serialQuality: 'hidden' });
      }),
      runs,
    );
  });
});
