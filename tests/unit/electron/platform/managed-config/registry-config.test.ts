import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isEmptyKey,
  parseRegistryConfig,
} from '../../../../../electron/platform/managed-config/parse-registry-config.ts';
import {
  parseRegistryValue,
  type RegistryKey,
  type RegistryValue,
} from '../../../../../electron/platform/native/parse-registry-value.ts';
import { defaultManagedConfig, parseManagedConfig } from '../../../../../shared/config/managed-config.ts';

type Tree = { readonly [name: string]: string | number | readonly string[] | Tree };

/** Makes a registry key from a short form: text, DWORD, REG_MULTI_SZ or a nested key. */
function key(tree: Tree): RegistryKey {
  const values = new Map<string, RegistryValue>();
  const keys = new Map<string, RegistryKey>();
  for (const [name, item] of Object.entries(tree)) {
    if (typeof item === 'string') values.set(name, { kind: 'text', text: item });
    else if (typeof item === 'number') values.set(name, { kind: 'number', number: item });
    else if (Array.isArray(item)) values.set(name, { kind: 'texts', texts: item as readonly string[] });
    else keys.set(name, key(item as Tree));
  }
  return { values, keys };
}

const parse = (tree: Tree) => parseManagedConfig(parseRegistryConfig(key(tree)));
const keysOf = (tree: Tree) => {
  const answer = parse(tree);
  return answer.ok ? [] : answer.error.map((problem) => problem.key);
};

describe('the settings that Group Policy writes', () => {
  it('become the same config as a file would', () => {
    expect(
      parse({
        siteName: 'Ysgol y Bryn',
        Contact: { Phone: '01978 000000' },
        gate: { enabled: 0, declineCountdownSeconds: 90, onDecline: 'lock' },
        audience: {
          rules: {
            '1': '{"group": "YSGOL\\\\Pupils", "audience": "pupil"}',
            '10': '{"accountPattern": "v-*", "audience": "visitor"}',
            '2': { accountPattern: 's-*', audience: 'supply' },
          },
          exclude: { '1': 'svc-*', '2': 'kiosk' },
        },
        media: { approved: { a: { vendorId: '0951', productId: '1666', label: 'Office' } } },
      }),
    ).toEqual({
      ok: true,
      value: {
        ...defaultManagedConfig,
        siteName: 'Ysgol y Bryn',
        contact: { ...defaultManagedConfig.contact, phone: '01978 000000' },
        gate: {
          ...defaultManagedConfig.gate,
          enabled: false,
          declineCountdownSeconds: 90,
          onDecline: 'lock',
        },
        audience: {
          default: 'staff',
          rules: [
            { group: 'YSGOL\\Pupils', audience: 'pupil' },
            { accountPattern: 's-*', audience: 'supply' },
            { accountPattern: 'v-*', audience: 'visitor' },
          ],
          exclude: ['svc-*', 'kiosk'],
        },
        media: {
          ...defaultManagedConfig.media,
          approved: [{ vendorId: '0951', productId: '1666', label: 'Office' }],
        },
      },
    });
  });

  it('may hold a list in one value of many lines', () => {
    expect(
      parse({ audience: { exclude: ['svc-*', 'kiosk'], rules: ['{"group":"A","audience":"a"}'] } }),
    ).toMatchObject({
      value: { audience: { exclude: ['svc-*', 'kiosk'], rules: [{ group: 'A', audience: 'a' }] } },
    });
  });

  it.each([
    [{ siteNam: 'x' }, 'siteNam'],
    [{ siteName: 5 }, 'siteName'],
    [{ gate: { enabled: 2 } }, 'gate.enabled'],
    [{ gate: { enabled: 'true' } }, 'gate.enabled'],
    [{ gate: { declineCountdownSeconds: '60' } }, 'gate.declineCountdownSeconds'],
    [{ gate: 1 }, 'gate'],
    [{ gate: { later: { x: 1 } } }, 'gate.later'],
    [{ siteName: { '1': 'x' } }, 'siteName'],
    [{ audience: { rules: { '1': 'YSGOL\\Pupils' } } }, 'audience.rules[0]'],
    [{ audience: { exclude: { '1': 5 } } }, 'audience.exclude[0]'],
    [{ other: { thing: 'x' } }, 'other'],
    [Object.fromEntries([['__proto__', 'x']]) as Tree, '__proto__'],
    [{ '': 'default value' }, '(Default)'],
    [{ gate: { '': 'default value' } }, 'gate.(Default)'],
  ])('are refused with the name of the wrong key: %j', (tree, wrong) => {
    expect(keysOf(tree)).toEqual([wrong]);
  });

  it('are empty in keys without values', () => {
    expect(isEmptyKey(key({}))).toBe(true);
    expect(isEmptyKey(key({ gate: {}, audience: { rules: {} } }))).toBe(true);
    expect(isEmptyKey(key({ '': '', gate: { '': '' } }))).toBe(true);
    expect(isEmptyKey(key({ gate: { enabled: 1 } }))).toBe(false);
    expect(isEmptyKey(key({ '': 'x' }))).toBe(false);
    expect(parse({ '': '', audience: { exclude: { '': '', '1': 'svc-*' } } })).toMatchObject({
      value: { audience: { exclude: ['svc-*'] } },
    });
    expect(parse({ siteName: 'x', gone: {}, gate: {} })).toMatchObject({
      ok: true,
      value: { siteName: 'x' },
    });
  });

  it('never make the reader throw', () => {
    const { tree } = fc.letrec<{ tree: Tree; item: Tree[string] }>((tie) => ({
      tree: fc.dictionary(
        fc.oneof(
          fc.constantFrom('gate', 'media', 'audience', 'rules', 'approved', 'enabled', '1'),
          fc.string(),
        ),
        tie('item'),
        { maxKeys: 5 },
      ),
      item: fc.oneof({ maxDepth: 4 }, fc.string(), fc.nat(), fc.array(fc.string()), tie('tree')),
    }));
    fc.assert(
      fc.property(tree, (hostile) => {
        const answer = parse(hostile);
        expect(answer.ok || answer.error.length > 0).toBe(true);
      }),
    );
  });
});

describe('the bytes of a registry value', () => {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  it.each([
    [1, utf16('Ysgol Tŷ\0'), { kind: 'text', text: 'Ysgol Tŷ' }],
    [1, utf16('no end'), { kind: 'text', text: 'no end' }],
    [1, utf16('a\0behind'), { kind: 'text', text: 'a' }],
    [1, Buffer.alloc(0), { kind: 'text', text: '' }],
    [2, utf16('%ProgramData%\0'), { kind: 'text', text: '%ProgramData%' }],
    [4, Buffer.from([1, 0, 0, 0]), { kind: 'number', number: 1 }],
    [4, Buffer.from([0xff, 0xff, 0xff, 0xff]), { kind: 'number', number: 4_294_967_295 }],
    [4, Buffer.from([1]), { kind: 'other', type: 4 }],
    [11, Buffer.from([0, 0, 0, 0, 1, 0, 0, 0]), { kind: 'number', number: 4_294_967_296 }],
    [11, Buffer.alloc(8, 0xff), { kind: 'other', type: 11 }],
    [7, utf16('a\0b\0\0'), { kind: 'texts', texts: ['a', 'b'] }],
    [7, utf16('\0'), { kind: 'texts', texts: [] }],
    [3, Buffer.from([1, 2]), { kind: 'other', type: 3 }],
  ] as const)('of type %i: %j', (type, data, value) => {
    expect(parseRegistryValue(type, data)).toEqual(value);
  });
});
