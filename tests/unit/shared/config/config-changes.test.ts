import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyWhileRunning, findChanges } from '../../../../shared/config/config-changes.ts';
import {
  type ConfigEntry,
  configEntries,
  defaultManagedConfig,
  type ManagedConfig,
  parseManagedConfig,
} from '../../../../shared/config/managed-config.ts';

/** Good values of settings whose own rules a generated value would break. */
const chosen: Readonly<Record<string, unknown>> = {
  collectorUrl: 'https://porthor.example.org',
  'gate.breakGlassCodeSha256': 'a'.repeat(64),
  'audience.default': 'pupil',
  'audience.rules': [{ group: 'Staff', audience: 'staff' }],
  'idle.signOutAfterSeconds': 7200,
  'media.approved': [{ vendorId: '0951', productId: '1666', label: 'Office 3' }],
};

/** A good value that is not the default, generated so that a new setting needs no line here. */
function otherValue(entry: ConfigEntry): unknown {
  const value = chosen[entry.path.join('.')];
  if (value !== undefined) return value;
  switch (entry.kind) {
    case 'switch':
      return !entry.default;
    case 'choice':
      return entry.choices.find((choice) => choice !== entry.default);
    case 'whole-number':
      return entry.default + 1;
    case 'text':
      return '/srv/porthor';
    case 'list':
      return entry.default.length > 0 ? [] : ['svc-*'];
  }
}

const other: ManagedConfig = (() => {
  const document: Record<string, Record<string, unknown> | unknown> = {};
  for (const entry of configEntries()) {
    const [name, member] = entry.path;
    document[name] =
      member === undefined
        ? otherValue(entry)
        : { ...(document[name] as object | undefined), [member]: otherValue(entry) };
  }
  const parsed = parseManagedConfig(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
})();

const keysOf = (before: ManagedConfig, after: ManagedConfig) =>
  findChanges(before, after).map(({ key }) => key);
const all = configEntries().map(({ path, applies }) => ({ key: path.join('.'), applies }));

describe('a changed configuration', () => {
  it('names each setting that differs, in the order of the table, and no other', () => {
    expect(findChanges(defaultManagedConfig, other)).toEqual(all);
    expect(findChanges(other, structuredClone(other))).toEqual([]);
  });

  it('keeps the settings that apply at the next login, and takes all other changes', () => {
    const running = applyWhileRunning(defaultManagedConfig, other);
    const taken = all.filter(({ applies }) => applies !== 'next-login');
    expect(keysOf(defaultManagedConfig, running)).toEqual(taken.map(({ key }) => key));
    expect(running.collectorUrl).toBe('');
    expect(running.policy).toEqual({ directory: '', applyNewVersion: 'at-once' });
    expect(running.gate).toEqual({ ...defaultManagedConfig.gate, enabled: false });
    expect(running.media).toEqual(other.media);
  });

  /** If the keys of a rule applied in different ways, the agent would run with settings that no administrator wrote. */
  it('combines two good configurations into a good one', () => {
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

  it('has rules only between keys that apply in the same way', () => {
    const group = configEntries().filter(({ path }) => path[0] === 'idle');
    expect(new Set(group.map(({ applies }) => applies))).toEqual(new Set(['at-once']));
  });
});
