/** Which Electron the project uses, in which order it looks, and when it asks the network. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseRuntime, type RuntimeSources } from '../../../../build/runtime/choose-runtime.ts';
import { type RuntimeSearch, summariseDownloadFailure } from '../../../../build/runtime/official.ts';
import { SetupError } from '../../../../build/runtime/setup-error.ts';

const found = (executablePath: string): RuntimeSearch => ({
  found: true,
  executablePath,
  electronVersion: '45.0.0',
});
const absent = (reason: string): RuntimeSearch => ({ found: false, reason });

interface World {
  readonly overrideFolder?: string;
  readonly override?: RuntimeSearch;
  readonly installed?: RuntimeSearch;
  readonly download?: RuntimeSearch;
  readonly unpacked?: RuntimeSearch;
  readonly built?: RuntimeSearch;
  readonly retryOfficial?: boolean;
}

const sourcesOf = (world: World): { readonly asked: string[]; readonly sources: RuntimeSources } => {
  const asked: string[] = [];
  const answer = (name: string, search: RuntimeSearch | undefined) => () => {
    asked.push(name);
    return Promise.resolve(search ?? absent(`no ${name}`));
  };
  return {
    asked,
    sources: {
      overrideFolder: world.overrideFolder,
      retryOfficial: world.retryOfficial ?? false,
      findOverride: answer('override', world.override),
      findOfficial: answer('installed', world.installed),
      downloadOfficial: answer('download', world.download),
      findVerification: answer('unpacked', world.unpacked),
      buildVerification: answer('built', world.built),
    },
  };
};

describe('the order of runtimes', () => {
  test('a folder that the developer named is used before any other is checked', async () => {
    const { asked, sources } = sourcesOf({
      overrideFolder: '/somewhere',
      override: found('/somewhere/electron'),
      installed: found('/official'),
    });
    expect(await chooseRuntime(sources)).toMatchObject({
      kind: 'override',
      executablePath: '/somewhere/electron',
    });
    expect(asked).toEqual(['override']);
  });

  test('a named folder without an Electron is an error, not a reason to use another', async () => {
    const { asked, sources } = sourcesOf({
      overrideFolder: '/somewhere',
      override: absent('/somewhere/electron is not there'),
      installed: found('/official'),
    });
    await expect(chooseRuntime(sources)).rejects.toThrow('/somewhere/electron is not there');
    expect(asked).toEqual(['override']);
  });

  test('an installed official runtime costs no network request', async () => {
    const { asked, sources } = sourcesOf({ installed: found('/official'), unpacked: found('/verification') });
    expect((await chooseRuntime(sources)).kind).toBe('official');
    expect(asked).toEqual(['installed']);
  });

  test('an unpacked verification runtime is used again without asking the network', async () => {
    const { asked, sources } = sourcesOf({ unpacked: found('/verification'), download: found('/official') });
    expect((await chooseRuntime(sources)).kind).toBe('verification');
    expect(asked).toEqual(['installed', 'unpacked']);
  });

  test('on a retry, the official download comes before the unpacked verification runtime', async () => {
    const { sources } = sourcesOf({
      retryOfficial: true,
      unpacked: found('/verification'),
      download: found('/official'),
    });
    expect((await chooseRuntime(sources)).kind).toBe('official');
  });

  test('where the download fails, the verification runtime is built and the failure is given as the reason', async () => {
    const { asked, sources } = sourcesOf({
      download: absent('the official download failed (ENOTFOUND)'),
      built: found('/verification'),
    });
    expect(await chooseRuntime(sources)).toMatchObject({
      kind: 'verification',
      reason: 'the official download failed (ENOTFOUND)',
    });
    expect(asked).toEqual(['installed', 'unpacked', 'download', 'unpacked', 'built']);
  });

  test('where no runtime can be had, the error names both reasons', async () => {
    const { sources } = sourcesOf({ download: absent('no network'), built: absent('not for this system') });
    await expect(chooseRuntime(sources)).rejects.toThrow(/no network, and not for this system/);
  });

  test('whatever is available, the answer is a runtime that was found, or an error with advice', async () => {
    const search = (name: string) => fc.constantFrom(found(`/${name}`), absent(`no ${name}`), undefined);
    const world = fc.record({
      override: search('override'),
      installed: search('installed'),
      download: search('download'),
      unpacked: search('unpacked'),
      built: search('built'),
      overrideFolder: fc.constantFrom('/named', undefined),
      retryOfficial: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const { sources } = sourcesOf(drawn as World);
        const outcome = await chooseRuntime(sources).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(SetupError);
          return;
        }
        const paths = Object.values(drawn)
          .map((value) => (typeof value === 'object' && value.found ? value.executablePath : undefined))
          .filter((value) => value !== undefined);
        expect(paths).toContain((outcome as { readonly executablePath: string }).executablePath);
        if (drawn.overrideFolder !== undefined) expect(outcome).toMatchObject({ kind: 'override' });
      }),
    );
  });
});

test.each([
  ['getaddrinfo ENOTFOUND host.example', 'ENOTFOUND'],
  ['TypeError: fetch failed', 'its host cannot be reached'],
  [
    'Error: Generated checksum for "x.zip" did not match',
    'Error: Generated checksum for "x.zip" did not match',
  ],
  ['', 'no reason given'],
])('summarises a download that failed with %j as %j', (stderr, summary) => {
  expect(summariseDownloadFailure(stderr)).toBe(summary);
});
