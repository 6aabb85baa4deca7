import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextExpiry } from '../../../../../electron/domain/media/approval.ts';
import {
  describeMedium,
  type JudgeSettings,
  judgeMedium,
} from '../../../../../electron/domain/media/judge-medium.ts';
import type { Device } from '../../../../../shared/device/device.ts';
import { normaliseSerial, serialQuality } from '../../../../../shared/device/serial-number.ts';
import { mediaSeenDataSchema, type RegisterEntry } from '../../../../../shared/wire/media.ts';
import {
  anyMedium,
  anySources,
  makeMedium,
  makeMediumVolume,
} from '../../../../support/media-arbitraries.ts';

const now = new Date('2026-11-22T08:40:00Z');
const strict: JudgeSettings = { requireEncryption: true, requireApproval: true, encryptedModels: [] };
const entry: RegisterEntry = {
  vendorId: '0781',
  productId: '5567',
  serial: '4c530001230711104295',
  label: 'Office 3',
};

function judge(
  medium: Device,
  more: {
    settings?: Partial<JudgeSettings>;
    entries?: readonly RegisterEntry[];
    others?: readonly Device[];
  } = {},
) {
  return judgeMedium(medium, {
    settings: { ...strict, ...more.settings },
    sources: [more.entries ?? [entry]],
    pluggedIn: [medium, ...(more.others ?? [])],
    now,
  });
}

const volumes = (...states: readonly ('encrypted' | 'not-encrypted' | 'locked' | 'cannot-tell')[]) =>
  states.map((encryption, index) => makeMediumVolume({ key: `sdb${index}`, encryption }));

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
    const found = judge(makeMedium({ volumes: volumes(...states) }));
    expect(found.encryption).toBe(encryption);
    expect(found.problems).toEqual(problems);
  });

  it('is not asked of a system partition or a burnt-in program beside the files', () => {
    const beside = [
      makeMediumVolume({ role: 'boot' }),
      makeMediumVolume({ isBurntIn: true }),
      ...volumes('encrypted'),
    ];
    expect(judge(makeMedium({ volumes: beside })).encryption).toBe('encrypted');
    expect(judge(makeMedium({ volumes: [makeMediumVolume({ role: 'boot' })] })).encryption).toBe(
      'not-encrypted',
    );
    expect(judge(makeMedium({ volumes: [makeMediumVolume({ isBurntIn: true })] })).encryption).toBe(
      'cannot-tell',
    );
  });

  it('of a model that encrypts by itself is known without a look, locked or open', () => {
    const settings = { encryptedModels: [{ vendorId: '0781', productId: '5567' }] };
    const open = judge(makeMedium(), { settings });
    expect(open).toMatchObject({ encryption: 'encrypted', problems: [] });
    expect(open.volumes[0]?.probeName).toBe('known-model');
    const closed = makeMedium({ volumes: [makeMediumVolume({ isBurntIn: true })] });
    expect(judge(closed, { settings }).encryption).toBe('locked');
  });

  it('is not demanded where the school does not ask for it', () => {
    expect(judge(makeMedium(), { settings: { requireEncryption: false } }).problems).toEqual([]);
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
    expect(judge(makeMedium(), { entries }).approval).toBe(approval);
  });

  it('by a number that two things carry at once, or one list names twice, is none', () => {
    const twin = makeMedium({ key: 'usb 1-3#9', port: '1-3' });
    expect(judge(makeMedium(), { others: [twin] })).toMatchObject({
      approval: 'weak-serial',
      serialQuality: 'repeated',
      problems: ['not-encrypted', 'not-approved'],
    });
    expect(judge(makeMedium(), { entries: [entry, { ...entry, label: 'again' }] }).approval).toBe(
      'weak-serial',
    );
    expect(
      judge(makeMedium(), {
        entries: [{ vendorId: '0781', productId: '5567', label: 'model' }],
        others: [twin],
      }).approval,
    ).toBe('approved');
  });

  it('by an entry that was renewed after it had ended holds: only what holds can name a number twice', () => {
    const ended = { ...entry, expiresAt: '2026-11-22T08:39:59Z' };
    const renewed = { ...entry, expiresAt: '2027-07-31T00:00:00Z' };
    for (const entries of [
      [ended, renewed],
      [renewed, ended],
      [ended, ended, entry],
    ]) {
      expect(judge(makeMedium(), { entries })).toMatchObject({ approval: 'approved', serialQuality: 'good' });
    }
    expect(judge(makeMedium(), { entries: [ended, ended] }).approval).toBe('expired');
    expect(judge(makeMedium(), { entries: [ended, renewed, entry] }).approval).toBe('weak-serial');
  });

  it('by the same entry in the configuration and in the register is one', () => {
    const medium = makeMedium();
    const found = judgeMedium(medium, {
      settings: strict,
      sources: [[entry], [entry]],
      pluggedIn: [medium],
      now,
    });
    expect(found.approval).toBe('approved');
  });

  it('is all that can be asked of a phone, where the school approves at all', () => {
    const phone = makeMedium({ kind: 'portable-device', volumes: [] });
    expect(judge(phone).problems).toEqual([]);
    expect(judge(phone, { entries: [] }).problems).toEqual(['not-approved']);
    expect(judge(phone, { settings: { requireApproval: false } }).problems).toEqual(['cannot-tell']);
  });

  it('is never there for a disc, which nobody would know again', () => {
    const disc = judge(makeMedium({ kind: 'disc' }));
    expect(disc).toMatchObject({ approval: 'not-in-register', canBeApproved: false });
  });

  it('ends next when the earliest one that still holds ends', () => {
    const sources = ['2026-11-01T00:00:00Z', '2027-01-01T00:00:00Z', '2026-12-01T00:00:00Z'].map(
      (expiresAt) => [{ ...entry, expiresAt }],
    );
    expect(nextExpiry(sources, now)?.toISOString()).toBe('2026-12-01T00:00:00.000Z');
    expect(nextExpiry([[entry]], now)).toBeUndefined();
  });
});

const runs = { numRuns: Number(process.env['PORTHOR_FUZZ_RUNS'] ?? 2000) };

describe('for any medium', () => {
  const anyFacts = fc.record({
    medium: anyMedium,
    others: fc.array(anyMedium, { maxLength: 3 }),
    sources: anySources,
    requireEncryption: fc.boolean(),
    requireApproval: fc.boolean(),
  });

  it('no verdict is better than its volumes, and none is called unencrypted that is not', () => {
    fc.assert(
      fc.property(anyFacts, ({ medium, others, sources, ...required }) => {
        const found = judgeMedium(medium, {
          settings: { ...required, encryptedModels: [] },
          sources,
          pluggedIn: [medium, ...others],
          now,
        });
        const states = medium.volumes.map(({ encryption }) => encryption);
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

  it('an approval rests on an entry that holds and that names this one or its whole model', () => {
    fc.assert(
      fc.property(anyFacts, ({ medium, others, sources }) => {
        const found = judgeMedium(medium, {
          settings: strict,
          sources,
          pluggedIn: [medium, ...others],
          now,
        });
        if (found.approval !== 'approved') return;
        const reasons = sources
          .flat()
          .filter(
            (one) =>
              one.vendorId === medium.vendorId &&
              one.productId === medium.productId &&
              (one.expiresAt === undefined || Date.parse(one.expiresAt) > now.getTime()) &&
              (one.serial === undefined ||
                (normaliseSerial(one.serial) === normaliseSerial(medium.serial) &&
                  serialQuality(medium.serial) === 'good')),
          );
        expect(reasons).not.toEqual([]);
        expect(medium.kind).not.toBe('disc');
      }),
      runs,
    );
  });

  it('the report fits the wire, and tells no label, no folder and, where hidden, no serial number', () => {
    const reported = mediaSeenDataSchema.pick({
      device: true,
      volumes: true,
      encryption: true,
      approval: true,
      problems: true,
    });
    fc.assert(
      fc.property(anyFacts, fc.boolean(), ({ medium, sources }, hideSerials) => {
        const judgement = judgeMedium(medium, { settings: strict, sources, pluggedIn: [medium], now });
        const told = describeMedium(medium, judgement, hideSerials);
        expect(reported.parse(told)).toEqual(told);
        expect(JSON.stringify(told)).not.toContain('/media/porthor');
        if (hideSerials) expect(told.device).toMatchObject({ serial: '', serialQuality: 'hidden' });
      }),
      runs,
    );
  });
});
