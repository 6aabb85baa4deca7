import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstallerConfig } from '../../../../../electron/platform/managed-config/parse-installer-config.ts';
import type { RegistryValue } from '../../../../../electron/platform/native/parse-registry-value.ts';
import { defaultManagedConfig, parseManagedConfig } from '../../../../../shared/config/managed-config.ts';

const parse = (values: Readonly<Record<string, string | RegistryValue>>) =>
  parseManagedConfig(
    parseInstallerConfig({
      values: new Map(
        Object.entries(values).map(([name, value]) => [
          name,
          typeof value === 'string' ? { kind: 'text' as const, text: value } : value,
        ]),
      ),
      keys: new Map(),
    }),
  );

const keysOf = (values: Readonly<Record<string, string | RegistryValue>>) => {
  const answer = parse(values);
  return answer.ok ? [] : answer.error.map(({ key }) => key);
};

describe('the installer’s properties', () => {
  it('become the same config as a file, for every kind of key', () => {
    expect(
      parse({
        siteName: '=Ysgol y Bryn',
        'Contact.Phone': '=01978 000000',
        'idle.lockAfterSeconds': '=420',
        'gate.enabled': '=0',
        'media.includeOptical': '=1',
        'media.mode': '=audit',
        'audience.rules': '=[{"group":"SCHOOL\\\\Pupils","audience":"pupil"}]',
      }),
    ).toEqual({
      ok: true,
      value: {
        ...defaultManagedConfig,
        siteName: 'Ysgol y Bryn',
        contact: { ...defaultManagedConfig.contact, phone: '01978 000000' },
        idle: { ...defaultManagedConfig.idle, lockAfterSeconds: 420 },
        gate: { ...defaultManagedConfig.gate, enabled: false },
        media: { ...defaultManagedConfig.media, mode: 'audit' },
        audience: {
          ...defaultManagedConfig.audience,
          rules: [{ group: 'SCHOOL\\Pupils', audience: 'pupil' }],
        },
      },
    });
  });

  it('are refused with the name of the wrong key, and no value is guessed', () => {
    expect(keysOf({ 'idle.lockAfterSeconds': '=ten' })).toContain('idle.lockAfterSeconds');
    expect(keysOf({ 'idle.lockAfterSeconds': '=' })).toContain('idle.lockAfterSeconds');
    expect(keysOf({ 'gate.enabled': '=yes' })).toEqual(['gate.enabled']);
    expect(keysOf({ 'audience.exclude': '=svc-*' })).toEqual(['audience.exclude']);
    expect(keysOf({ siteNmae: '=Ysgol' })).toEqual(['siteNmae']);
    expect(keysOf({ __proto__x: '=1', 'idle.lock': '=1' })).toEqual(['__proto__x', 'idle.lock']);
    expect(keysOf({ siteName: { kind: 'number', number: 5 } })).toEqual(['siteName']);
  });

  it('lose their mark once, and every text keeps its value', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120, unit: 'grapheme' }), (text) => {
        const answer = parse({ siteName: `=${text}` });
        expect(answer.ok ? answer.value.siteName : text.length > 120).toBe(answer.ok ? text : true);
      }),
    );
  });
});
