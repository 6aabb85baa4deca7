import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configEntries,
  defaultManagedConfig,
  type ManagedConfigProblem,
  parseManagedConfig,
} from '../../../../shared/config/managed-config.ts';

/** The keys and defaults that the documentation promises to administrators. */
const promised: Readonly<Record<string, unknown>> = {
  siteName: '',
  collectorUrl: '',
  enrolmentToken: '',
  caCertificateFile: '',
  clientCertificateIssuer: '',
  language: 'auto',
  'contact.name': '',
  'contact.phone': '',
  'contact.email': '',
  'contact.place': '',
  stateDirectory: '',
  'policy.directory': '',
  'policy.applyNewVersion': 'next-login',
  'audience.default': 'staff',
  'audience.rules': [],
  'audience.exclude': [],
  'gate.enabled': true,
  'gate.beforeDesktop': false,
  'gate.onDecline': 'sign-out',
  'gate.declineCountdownSeconds': 60,
  'gate.openAfterCrashes': 3,
  'gate.breakGlassCodeSha256': '',
  'idle.enabled': true,
  'idle.lockAfterSeconds': 600,
  'idle.warningSeconds': 30,
  'idle.whilePresenting': 'wait',
  'idle.presentingCeilingSeconds': 3600,
  'idle.signOutAfterSeconds': 0,
  'media.mode': 'warn',
  'media.requireEncryption': true,
  'media.requireApproval': true,
  'media.approved': [],
  'media.encryptedModels': defaultManagedConfig.media.encryptedModels,
  'media.includePortableDevices': true,
  'media.includeOptical': true,
  'media.repeatAfterSeconds': 3600,
  'media.hideSerials': false,
  'reporting.heartbeatSeconds': 3600,
  'reporting.maxOutboxMegabytes': 64,
};

const entries = configEntries();
const nameOf = (path: readonly string[]) => path.join('.');

function documentWith(path: readonly string[], value: unknown): unknown {
  const [first, second] = path;
  return second === undefined ? { [String(first)]: value } : { [String(first)]: { [second]: value } };
}

function at(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const name of path) value = Object(value)[name] as unknown;
  return value;
}

function problemsOf(document: unknown): readonly ManagedConfigProblem[] {
  const answer = parseManagedConfig(document);
  return answer.ok ? [] : answer.error;
}

const keysOf = (document: unknown) => problemsOf(document).map(({ key }) => key);

describe('the table of keys', () => {
  it('holds the promised keys, no more and no less', () => {
    expect(entries.map(({ path }) => nameOf(path)).sort()).toEqual(Object.keys(promised).sort());
  });

  it.each(entries.map((entry) => [nameOf(entry.path), entry] as const))('%s', (name, entry) => {
    expect(entry.default).toEqual(promised[name]);
    expect(at(defaultManagedConfig, entry.path)).toEqual(promised[name]);
    for (const text of Object.values(entry.text)) expect(text.trim().length).toBeGreaterThan(10);
    expect(entry.text['cy-GB']).not.toBe(entry.text['en-GB']);
    expect(keysOf(documentWith(entry.path, null))).toEqual([name]);
  });

  it.each(
    entries.flatMap((entry) => (entry.kind === 'whole-number' ? [[nameOf(entry.path), entry] as const] : [])),
  )('%s keeps its limits', (name, { path, minimum, maximum }) => {
    expect(problemsOf(documentWith(path, minimum))).toEqual([]);
    expect(problemsOf(documentWith(path, maximum))).toEqual([]);
    for (const wrong of [minimum - 1, maximum + 1, minimum + 0.5, String(minimum)]) {
      expect(keysOf(documentWith(path, wrong))).toContain(name);
    }
  });

  it('has only models whose ids have the form of USB ids', () => {
    expect(problemsOf({ media: { encryptedModels: defaultManagedConfig.media.encryptedModels } })).toEqual(
      [],
    );
    expect(defaultManagedConfig.media.encryptedModels.length).toBeGreaterThan(0);
  });
});

describe('the parser of the administrator’s settings', () => {
  it('fills in missing keys with defaults, at every level', () => {
    expect(parseManagedConfig({})).toEqual({ ok: true, value: defaultManagedConfig });
    expect(parseManagedConfig({ gate: { onDecline: 'lock' } })).toEqual({
      ok: true,
      value: { ...defaultManagedConfig, gate: { ...defaultManagedConfig.gate, onDecline: 'lock' } },
    });
  });

  it('returns separate lists each time', () => {
    const first = parseManagedConfig({});
    if (first.ok) first.value.audience.exclude.push('svc-*');
    expect(parseManagedConfig({})).toMatchObject({ value: { audience: { exclude: [] } } });
  });

  it.each([
    [{ sitename: 'x' }, 'sitename'],
    [{ gate: { openAfterCrash: 3 } }, 'gate.openAfterCrash'],
    [JSON.parse('{"__proto__": {"isAdmin": true}}'), '__proto__'],
    [{ audience: { rules: [{ group: 'A', accountPattern: 'b', audience: 'staff' }] } }, 'audience.rules[0]'],
    [{ audience: { rules: [{ group: 'A', audience: 'Staff Room' }] } }, 'audience.rules[0].audience'],
    [{ audience: { rules: [{ audience: 'staff' }] } }, 'audience.rules[0]'],
    [{ idle: { lockAfterSeconds: 60, warningSeconds: 60 } }, 'idle.warningSeconds'],
    [{ idle: { lockAfterSeconds: 900, signOutAfterSeconds: 900 } }, 'idle.signOutAfterSeconds'],
    [
      { media: { approved: [{ vendorId: '951', productId: '1666', label: 'x' }] } },
      'media.approved[0].vendorId',
    ],
    [
      { media: { approved: [{ vendorId: '0951', productId: '1666', label: 'x', expiresAt: '31/07/2027' }] } },
      'media.approved[0].expiresAt',
    ],
    [{ policy: { directory: 'packs' } }, 'policy.directory'],
    [{ stateDirectory: 'D:\\State\u0000\\x' }, 'stateDirectory'],
    [{ gate: { breakGlassCodeSha256: 'swordfish' } }, 'gate.breakGlassCodeSha256'],
    [{ language: 'cy' }, 'language'],
    [[], 'document'],
    [null, 'document'],
    ['{}', 'document'],
  ])('names the wrong key: %j', (document, key) => {
    expect(keysOf(document)).toEqual([key]);
  });

  it.each([
    'https://porthor.ysgol.example',
    'https://porthor.ysgol.example:8443/school',
    'http://localhost:8080',
    'http://127.0.0.1:0',
    'http://127.9.9.9/',
    'http://[::1]:9000',
  ])('accepts %s as the address of a collector', (collectorUrl) => {
    expect(problemsOf({ collectorUrl })).toEqual([]);
  });

  it.each([
    'http://porthor.ysgol.example',
    'http://127.0.0.1.ysgol.example',
    'http://localhost.ysgol.example',
    'https://user:secret@porthor.ysgol.example',
    'https://porthor.ysgol.example/?x=1',
    'https://porthor.ysgol.example/#x',
    'ftp://porthor.ysgol.example',
    'javascript:alert(1)',
    'porthor.ysgol.example',
    'https://',
    ' https://porthor.ysgol.example',
    'https://porthor.ysgol.example ',
  ])('refuses %s as the address of a collector', (collectorUrl) => {
    expect(keysOf({ collectorUrl })).toEqual(['collectorUrl']);
  });

  it.each(['/var/lib/porthor', 'D:\\State\\%USERNAME%', '\\\\server\\share\\x', '%ProgramData%\\Porthor'])(
    'accepts %s as a folder',
    (stateDirectory) => {
      expect(problemsOf({ stateDirectory })).toEqual([]);
    },
  );

  it('writes USB ids in one form', () => {
    const answer = parseManagedConfig({
      media: { approved: [{ vendorId: '0ABC', productId: '00FF', label: 'Office' }] },
    });
    expect(answer).toMatchObject({
      value: { media: { approved: [{ vendorId: '0abc', productId: '00ff' }] } },
    });
  });
});

describe('hostile documents', () => {
  it('never make the parser throw, and cause few, short and printable problems', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue({ maxDepth: 6 }), fc.anything({ withNullPrototype: true })),
        (document) => {
          for (const { key, reason } of problemsOf(document)) {
            expect(key.length).toBeLessThanOrEqual(256);
            expect(key).not.toMatch(/^$|\p{Cc}/u);
            expect(reason.length).toBeLessThanOrEqual(1000);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are refused for the corrupted key, whatever its value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...entries), fc.jsonValue({ maxDepth: 4 }), ({ path }, value) => {
        const answer = parseManagedConfig(documentWith(path, value));
        if (answer.ok) {
          expect(parseManagedConfig(answer.value)).toEqual(answer);
          return;
        }
        for (const { key } of answer.error) {
          // The rules between keys are in one group.
          expect(key.startsWith(nameOf(path)) || (path[0] === 'idle' && key.startsWith('idle.'))).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never have their values repeated, because a value may be a token or a code', () => {
    const secret = 'hunter2-hunter2';
    for (const { path } of entries) {
      for (const value of [secret, [secret], { a: secret }, [{ group: secret, audience: secret }]]) {
        for (const { reason } of problemsOf(documentWith(path, value)))
          expect(reason).not.toContain('hunter2');
      }
    }
  });

  it('have the names of their keys made safe for a log', () => {
    const [problem] = problemsOf({ [`first\nsecond\u202e${'x'.repeat(5000)}`]: 1 });
    expect(problem?.key).toMatch(/^first\?second\?x+…$/u);
    expect(problem?.key).toHaveLength(200);
  });

  it('do not cause thousands of problems', () => {
    const document = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, 1]));
    const problems = problemsOf(document);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toEqual({ key: 'document', reason: 'has 19950 more problems' });
  });
});
