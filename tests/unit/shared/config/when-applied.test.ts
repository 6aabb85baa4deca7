import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configEntries,
  defaultManagedConfig,
  type ManagedConfig,
  parseManagedConfig,
} from '../../../../shared/config/managed-config.ts';
import { applyWhileRunning, changedKeys, whenApplied } from '../../../../shared/config/when-applied.ts';

const other: ManagedConfig = (() => {
  const parsed = parseManagedConfig({
    siteName: 'Ysgol y Bryn',
    collectorUrl: 'https://porthor.example.org',
    enrolmentToken: 'token',
    caCertificateFile: '/etc/porthor/ca.pem',
    language: 'cy-GB',
    contact: { name: 'Nia', phone: '123', email: 'nia@ysgol.example', place: 'Room 12' },
    stateDirectory: '/srv/porthor',
    policy: { directory: '/srv/policies', applyNewVersion: 'at-once' },
    audience: { default: 'pupil', rules: [{ group: 'Staff', audience: 'staff' }], exclude: ['svc-*'] },
    gate: {
      enabled: false,
      onDecline: 'lock',
      declineCountdownSeconds: 90,
      openAfterCrashes: 5,
      breakGlassCodeSha256: 'a'.repeat(64),
    },
    idle: {
      enabled: false,
      lockAfterSeconds: 300,
      warningSeconds: 45,
      whilePresenting: 'ignore',
      presentingCeilingSeconds: 120,
      signOutAfterSeconds: 900,
    },
    media: {
      mode: 'audit',
      requireEncryption: false,
      requireApproval: false,
      approved: [{ vendorId: '0951', productId: '1666', label: 'Office 3' }],
      encryptedModels: [],
      includePortableDevices: false,
      includeOptical: false,
      repeatAfterSeconds: 60,
      hideSerials: true,
    },
    reporting: { heartbeatSeconds: 60, maxOutboxMegabytes: 1 },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
})();

describe('when a changed setting takes effect', () => {
  it('is answered for every key of the configuration, in its order, and for nothing else', () => {
    expect(Object.keys(whenApplied)).toEqual(configEntries().map(({ path }) => path.join('.')));
  });

  it('names each key that differs, and none that does not', () => {
    expect(changedKeys(defaultManagedConfig, other)).toEqual(Object.keys(whenApplied));
    expect(changedKeys(other, structuredClone(other))).toEqual([]);
  });

  it('leaves what waits for the next start as it was, and takes all else', () => {
    const running = applyWhileRunning(defaultManagedConfig, other);
    const taken = Object.entries(whenApplied).filter(([, when]) => when !== 'next-start');
    expect(changedKeys(defaultManagedConfig, running)).toEqual(taken.map(([key]) => key));
    expect(running.collectorUrl).toBe('');
    expect(running.policy).toEqual({ directory: '', applyNewVersion: 'at-once' });
    expect(running.gate).toEqual({ ...defaultManagedConfig.gate, enabled: false });
    expect(running.media).toEqual(other.media);
  });

  /** A rule between two keys of which one came later would make a configuration that no administrator wrote. */
  it('makes of two good configurations a good one', () => {
    const idle = fc.record({
      lockAfterSeconds: fc.integer({ min: 60, max: 3600 }),
      warningSeconds: fc.integer({ min: 20, max: 300 }),
      signOutAfterSeconds: fc.integer({ min: 0, max: 86_400 }),
    });
    const good = idle.map((keys) => parseManagedConfig({ idle: keys })).filter((parsed) => parsed.ok);
    fc.assert(
      fc.property(good, good, (before, after) => {
        const running = applyWhileRunning(before.value, after.value);
        expect(parseManagedConfig(running)).toEqual({ ok: true, value: running });
      }),
    );
  });
});
