/** Policies from the collector: fetched once, checked and kept. The old version stays where the new one is not good. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../../../../electron/platform/network/network-port.ts';
import { createCollectorPacks } from '../../../../../electron/services/policies/collector-packs.ts';
import { createCollectorClient } from '../../../../../electron/services/reporting/collector-client.ts';
import { createCollectorPacksStore } from '../../../../../electron/storage/packs/collector-packs-store.ts';
import type { PolicyPack } from '../../../../../shared/policy/pack.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';
import { withDirectory } from '../../../../support/storage-fixtures.ts';

const first = makePack({ version: '1' });
const second = makePack({ version: '2' }, 'A newer text.');
const visitors = makePack({ id: 'visitors', order: 200 });
const address = 'https://collector.example';

/** A small collector. A test can replace its answer for a pack. */
function createWorld(directory: string, shipped: readonly PolicyPack[] = []) {
  const asked: string[] = [];
  const refused: string[] = [];
  const faults: string[] = [];
  const served = {
    packs: [first] as readonly PolicyPack[],
    pack: new Map<string, () => Response>(),
    list: undefined as (() => Response) | undefined,
    isThere: true,
  };
  const fetch: Fetch = (url, { headers }) => {
    const where = url.replace(address, '');
    asked.push(where);
    if (!served.isThere) return Promise.reject(new Error('refused'));
    if (where.startsWith('/v1/policies?')) {
      if (served.list !== undefined) return Promise.resolve(served.list());
      const policies = served.packs.map(({ manifest, textSha256 }) => ({
        id: manifest.id,
        version: manifest.version,
        manifest,
        textSha256,
      }));
      const etag = `"${crc32(JSON.stringify(policies))}"`;
      const isKnown = headers['if-none-match'] === etag;
      return Promise.resolve(
        isKnown ? new Response(null, { status: 304 }) : Response.json({ policies }, { headers: { etag } }),
      );
    }
    const [id = '', version = ''] = where.split('/').slice(-2);
    const pack = served.packs.find(({ manifest }) => manifest.id === id && manifest.version === version);
    return Promise.resolve(served.pack.get(`${id} ${version}`)?.() ?? Response.json(pack));
  };
  const start = (url = address) => {
    const clock = createFakeClock();
    return createCollectorPacks({
      client: createCollectorClient({ collectorUrl: url, fetch, clock }),
      store: createCollectorPacksStore({
        directory: () => directory,
        nowUtc: () => clock.nowUtc(),
        onFault: ({ fault }) => faults.push(fault),
      }),
      shipped: () => Promise.resolve(shipped),
      onRefused: ({ name, problem }) => refused.push(`${name} ${problem.kind}`),
    });
  };
  return { asked, refused, faults, served, start, file: path.join(directory, 'collector-packs.json') };
}

describe('policies from the collector', () => {
  it('are fetched once, kept for a PC that is offline, and requested with their tag', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory);
      const packs = world.start();
      expect(await packs.cached('staff')).toBeUndefined();
      expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
      expect(await packs.refresh('staff')).toEqual({ kind: 'unchanged' });
      expect(world.asked).toEqual([
        '/v1/policies?audience=staff',
        '/v1/policies/staff/1',
        '/v1/policies?audience=staff',
      ]);
      world.served.isThere = false;
      const restarted = world.start();
      expect(await restarted.refresh('staff')).toEqual({ kind: 'not-reached', reason: 'refused' });
      expect(await restarted.cached('staff')).toEqual([first]);
      expect(await restarted.cached('pupils')).toBeUndefined();
      expect(await world.start('https://other.example').cached('staff')).toBeUndefined();
    });
  });

  it('are fetched only if they are not on this PC already, and forgotten when they were withdrawn', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory, [visitors]);
      const packs = world.start();
      world.served.packs = [first, visitors];
      await packs.refresh('staff');
      expect(world.asked.filter((where) => where.includes('visitors'))).toEqual([]);
      world.served.packs = [second];
      expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
      expect(await packs.cached('staff')).toEqual([second]);
      world.served.packs = [];
      expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
      expect(await packs.cached('staff')).toEqual([]);
    });
  });

  const bad: readonly (readonly [string, () => Response, string])[] = [
    ['no pack', () => Response.json({ hello: 'there' }), 'invalid-manifest'],
    ['no JSON', () => new Response('<html>'), 'not-a-pack'],
    ['too large', () => new Response(new Uint8Array(5 * 1024 * 1024)), 'not-a-pack'],
    [
      'without an end, in a stream that takes no cancelling',
      () =>
        new Response(
          new ReadableStream({
            pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024)),
            cancel: () => new Promise<void>(() => undefined),
          }),
        ),
      'not-a-pack',
    ],
    ['another text than its hash', () => Response.json({ ...second, texts: first.texts }), 'hash-mismatch'],
    [
      'another text, with its own hash',
      () => Response.json(makePack({ version: '2' }, 'Not what is listed.')),
      'hash-mismatch',
    ],
    [
      'other statements than are listed',
      () => Response.json({ ...second, manifest: { ...second.manifest, statements: [] } }),
      'hash-mismatch',
    ],
    ['another policy', () => Response.json(visitors), 'hash-mismatch'],
    [
      'gone',
      () => Response.json({ type: 'about:blank', title: 'x', status: 404 }, { status: 404 }),
      'missing',
    ],
  ];
  it.each(bad)(
    'keep the old version where the new one is %s, and are requested again next time',
    async (_name, answer, kind) => {
      await withDirectory(async (directory) => {
        const world = createWorld(directory);
        const packs = world.start();
        await packs.refresh('staff');
        world.served.packs = [second, visitors];
        world.served.pack.set('staff 2', answer);
        expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
        expect(await packs.cached('staff')).toEqual([first, visitors]);
        expect(world.refused).toEqual([`staff 2 ${kind}`]);
        world.served.pack.clear();
        expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
        expect(await packs.cached('staff')).toEqual([second, visitors]);
      });
    },
  );

  it('are kept once, however often a newer version beside them is refused', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory);
      const packs = world.start();
      world.served.packs = [first];
      await packs.refresh('staff');
      world.served.packs = [second, first];
      world.served.pack.set('staff 2', () => new Response('<html>'));
      for (let time = 0; time < 3; time += 1)
        expect(await packs.refresh('staff')).toEqual({ kind: 'unchanged' });
      expect(await packs.cached('staff')).toEqual([first]);
    });
  });

  it('count as a failure, not as “none”, on a new PC where every listed one is refused', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory);
      world.served.pack.set('staff 1', () => Response.json(second));
      const packs = world.start();
      expect(await packs.refresh('staff')).toEqual({
        kind: 'not-reached',
        reason: 'none of the policies that the collector lists could be taken',
        hasAnswered: true,
      });
      expect(await packs.cached('staff')).toBeUndefined();
      expect(world.refused).toEqual(['staff 1 hash-mismatch']);
    });
  });

  it('stay as they are where the list is invalid, or the collector breaks off in the middle', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory);
      const packs = world.start();
      await packs.refresh('staff');
      world.served.list = () => new Response('<html>a portal</html>');
      expect(await packs.refresh('staff')).toMatchObject({ kind: 'not-reached' });
      world.served.list = undefined;
      world.served.packs = [second, visitors];
      world.served.pack.set('visitors 1', () => new Response('', { status: 503 }));
      expect(await packs.refresh('staff')).toMatchObject({ kind: 'not-reached' });
      expect(await packs.cached('staff')).toEqual([first]);
      expect(world.refused).toEqual(['policies not-a-pack']);
    });
  });

  it('come back after the user has removed them and their tag from the local copy', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory);
      await world.start().refresh('staff');
      const { value } = JSON.parse(await readFile(world.file, 'utf8')) as { value: object };
      const edited = JSON.stringify({ ...value, packs: [] });
      const checksum = crc32(edited).toString(16).padStart(8, '0');
      await writeFile(world.file, `{"format":1,"checksum":"${checksum}","value":${edited}}`);
      const packs = world.start();
      expect(await packs.cached('staff')).toEqual([]);
      expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
      expect(await packs.cached('staff')).toEqual([first]);
    });
  });

  it('are not shown where the local copy no longer matches its hash, and are fetched again', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(directory);
      await world.start().refresh('staff');
      const { value } = JSON.parse(await readFile(world.file, 'utf8')) as { value: unknown };
      const edited = JSON.stringify(value).replaceAll('Look after', 'Do not look after');
      const checksum = crc32(edited).toString(16).padStart(8, '0');
      await writeFile(world.file, `{"format":1,"checksum":"${checksum}","value":${edited}}`);
      const packs = world.start();
      expect(await packs.cached('staff')).toBeUndefined();
      expect(world.faults).toEqual(['collector-packs-damaged']);
      expect(await packs.refresh('staff')).toEqual({ kind: 'changed' });
      expect(await packs.cached('staff')).toEqual([first]);
    });
  });
});
