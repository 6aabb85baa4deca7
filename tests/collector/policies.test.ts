/** `GET /v1/policies…`: packs from a folder, with hashes and entity tags. */
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type PackManifest, type PolicyPack, policyPackSchema } from '../../shared/policy/pack.ts';
import { policiesResponseSchema, problemSchema } from '../../shared/wire/collector-api.ts';
import { makePack } from '../fixtures/make-pack.ts';
import { makeFolder, startTestCollector } from '../support/collector/collector.ts';

function filesOf({ manifest, texts }: PolicyPack): Record<string, string> {
  return {
    'policy.json': JSON.stringify(manifest),
    [manifest.documents['en-GB']]: texts['en-GB'],
    [manifest.documents['cy-GB']]: texts['cy-GB'],
  };
}

async function writePack(
  directory: string,
  name: string,
  changes: Partial<PackManifest>,
): Promise<PolicyPack> {
  const pack = makePack(changes);
  await mkdir(path.join(directory, name));
  for (const [file, content] of Object.entries(filesOf(pack))) {
    await writeFile(path.join(directory, name, file), content);
  }
  return pack;
}

async function startWithPacks() {
  const policiesDirectory = await makeFolder();
  const clock = { nowMs: Date.parse('2026-11-22T12:00:00Z') };
  const first = await writePack(policiesDirectory, 'staff-1', { version: '1' });
  const start = () => startTestCollector({ policiesDirectory, now: () => new Date(clock.nowMs) });
  return { policiesDirectory, clock, first, start };
}

async function list(address: string, audience = 'staff') {
  const response = await fetch(`${address}/v1/policies?audience=${audience}`);
  expect(response.status).toBe(200);
  return policiesResponseSchema.parse(await response.json()).policies;
}

describe('GET /v1/policies', () => {
  it('lists per policy the newest version in effect for the audience, in order', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    const newest = await writePack(policiesDirectory, 'staff-10', { version: '10' });
    await writePack(policiesDirectory, 'staff-9', { version: '9' });
    await writePack(policiesDirectory, 'staff-11', { version: '11', effectiveFrom: '2026-11-23' });
    const photos = await writePack(policiesDirectory, 'photos', { id: 'photos', order: 1 });
    await writePack(policiesDirectory, 'pupil', { id: 'pupil', audiences: ['pupil'] });
    const { address } = await start();
    expect(await list(address)).toEqual(
      [photos, newest].map(({ manifest, textSha256 }) => ({
        id: manifest.id,
        version: manifest.version,
        manifest,
        textSha256,
      })),
    );
    expect((await list(address, 'pupil')).map(({ id }) => id)).toEqual(['pupil']);
    expect(await list(address, 'governor')).toEqual([]);
  });

  it('answers 304 to a client that already has the list, and 200 after a pack has changed', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    const { address } = await start();
    const ask = (tag: string) =>
      fetch(`${address}/v1/policies?audience=staff`, { headers: { 'if-none-match': tag } });
    const first = await ask('"other"');
    const tag = first.headers.get('etag') ?? '';
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/u)]);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await ask(known);
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, '']);
    }
    await writePack(policiesDirectory, 'staff-2', { version: '2' });
    clock.nowMs += 5000;
    const changed = await ask(tag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('requires a valid audience', async () => {
    const { start } = await startWithPacks();
    const { address } = await start();
    for (const query of ['', '?audience=', '?audience=Staff%20Room', '?audience=staff&audience=pupil']) {
      const response = await fetch(`${address}/v1/policies${query}`);
      expect(problemSchema.parse(await response.json()).status).toBe(400);
    }
  });

  it('leaves out a second pack of one version and a folder that is not a pack, and logs each once', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    await mkdir(path.join(policiesDirectory, 'drafts'));
    await writePack(policiesDirectory, 'twin-of-staff', { version: '1' });
    await mkdir(path.join(policiesDirectory, '.hidden.zip'));
    await writeFile(path.join(policiesDirectory, 'notes.txt'), 'no pack');
    const { address, logged } = await start();
    expect((await list(address)).map(({ id }) => id)).toEqual(['staff']);
    clock.nowMs += 5000;
    expect(await list(address)).toHaveLength(1);
    expect(logged).toHaveLength(2);
    for (const name of ['drafts', 'twin-of-staff']) {
      expect(logged.filter((line) => line.startsWith(`policies: ${name}: `))).toHaveLength(1);
    }
  });

  const damages: readonly (readonly [what: string, damage: (pack: string) => Promise<unknown>])[] = [
    ['half copied', (pack) => rm(path.join(pack, 'policy.cy-GB.md'))],
    ['empty after a power cut', (pack) => writeFile(path.join(pack, 'policy.json'), '')],
    ['without its manifest', (pack) => rm(path.join(pack, 'policy.json'))],
    [
      'held by another program',
      async (pack) => {
        await rm(path.join(pack, 'policy.json'));
        await mkdir(path.join(pack, 'policy.json'));
      },
    ],
  ];

  it.each(damages)('gives the pack as it was last read while it is %s', async (_what, damage) => {
    const { policiesDirectory, clock, first, start } = await startWithPacks();
    const { address, logged } = await start();
    const before = await list(address);
    expect(before).toHaveLength(1);
    const pack = path.join(policiesDirectory, 'staff-1');
    await damage(pack);
    clock.nowMs += 5000;
    expect(await list(address)).toEqual(before);
    clock.nowMs += 5000;
    expect(await list(address)).toEqual(before);
    const whole = await fetch(`${address}/v1/policies/staff/1`);
    expect(policyPackSchema.parse(await whole.json())).toEqual(first);
    expect(logged).toEqual([expect.stringContaining('read there before')]);
    // A pack that is removed completely is withdrawn.
    await rm(pack, { recursive: true });
    clock.nowMs += 5000;
    expect(await list(address)).toEqual([]);
  });

  it.each(damages)(
    'answers 503 instead of a list when the only pack is %s from the start',
    async (_what, damage) => {
      const { policiesDirectory, clock, start } = await startWithPacks();
      const pack = path.join(policiesDirectory, 'staff-1');
      await damage(pack);
      const { address, logged } = await start();
      for (const place of ['?audience=staff', '/staff/1']) {
        const response = await fetch(`${address}/v1/policies${place}`);
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
      }
      expect(logged[0]).toContain('policies: staff-1: ');
      await rm(pack, { recursive: true });
      await writePack(policiesDirectory, 'staff-1', { version: '1' });
      clock.nowMs += 5000;
      expect(await list(address)).toHaveLength(1);
    },
  );

  it('gives no list that lacks an unreadable pack, but still every readable pack by its address', async () => {
    const { policiesDirectory, clock, first, start } = await startWithPacks();
    await writeFile(path.join(policiesDirectory, 'photos.zip'), 'half a zip');
    const { address, logged } = await start();
    expect((await fetch(`${address}/v1/policies?audience=staff`)).status).toBe(503);
    expect(logged.at(-1)).toContain('photos.zip');
    const staff = await fetch(`${address}/v1/policies/staff/1`);
    expect(policyPackSchema.parse(await staff.json())).toEqual(first);
    await rm(path.join(policiesDirectory, 'photos.zip'));
    clock.nowMs += 5000;
    expect(await list(address)).toHaveLength(1);
  });

  it('prefers a good pack to the earlier reading of a broken one', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    const { address } = await start();
    expect(await list(address)).toHaveLength(1);
    await writeFile(path.join(policiesDirectory, 'staff-1', 'policy.json'), '');
    await writePack(policiesDirectory, 'staff-again', { version: '1', order: 7 });
    clock.nowMs += 5000;
    expect((await list(address)).map(({ manifest }) => manifest.order)).toEqual([7]);
  });

  it('follows links as agents do, and treats a broken link as an unreadable pack', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    const elsewhere = await makeFolder();
    await writePack(elsewhere, 'photos', { id: 'photos' });
    const link = path.join(policiesDirectory, 'photos');
    await symlink(path.join(elsewhere, 'photos'), link);
    const { address } = await start();
    expect((await list(address)).map(({ id }) => id)).toEqual(['photos', 'staff']);
    await rm(link);
    await symlink(path.join(elsewhere, 'nothing'), link);
    clock.nowMs += 5000;
    expect((await list(address)).map(({ id }) => id)).toEqual(['photos', 'staff']);
  });

  it('gives an empty list for an empty folder', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    await rm(path.join(policiesDirectory, 'staff-1'), { recursive: true });
    const { address } = await start();
    expect(await list(address)).toEqual([]);
  });

  it('reads zipped packs', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    const pack = makePack({ id: 'zipped' });
    const entries = Object.entries(filesOf(pack)).map(([name, content]) => [name, strToU8(content)] as const);
    await writeFile(path.join(policiesDirectory, 'zipped.zip'), zipSync(Object.fromEntries(entries)));
    const { address } = await start();
    expect((await list(address)).map(({ id }) => id)).toEqual(['staff', 'zipped']);
  });

  it('answers 503, and never an empty list, when the folder cannot be read', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    const { address, logged } = await start();
    expect(await list(address)).toHaveLength(1);
    await rename(policiesDirectory, `${policiesDirectory}-away`);
    clock.nowMs += 5000;
    const response = await fetch(`${address}/v1/policies?audience=staff`);
    expect(response.headers.get('retry-after')).toBe('60');
    const body = await response.text();
    expect(problemSchema.parse(JSON.parse(body)).status).toBe(503);
    expect(body).not.toContain(policiesDirectory);
    expect(logged.join('\n')).toContain(policiesDirectory);
    await rename(`${policiesDirectory}-away`, policiesDirectory);
    expect(await list(address)).toHaveLength(1);
  });

  it('keeps the collector from starting with a missing folder', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    await rm(policiesDirectory, { recursive: true });
    await expect(start()).rejects.toThrow(`The policy folder ${policiesDirectory} cannot be read (ENOENT)`);
  });
});

describe('GET /v1/policies/{id}/{version}', () => {
  it('gives the complete pack, in effect or not, with an entity tag', async () => {
    const { policiesDirectory, first, start } = await startWithPacks();
    await writePack(policiesDirectory, 'staff-2', { version: '2' });
    const { address } = await start();
    const response = await fetch(`${address}/v1/policies/staff/1`);
    expect(policyPackSchema.parse(await response.json())).toEqual(first);
    const again = await fetch(`${address}/v1/policies/staff/1`, {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it.each([
    ['staff/3', 404],
    ['nobody/1', 404],
    ['staff/latest', 400],
    ['..%2f..%2fetc/1', 400],
    ['staff/1/policy.json', 404],
  ])('%s is answered %i', async (place, status) => {
    const { start } = await startWithPacks();
    const { address } = await start();
    const response = await fetch(`${address}/v1/policies/${place}`);
    expect(problemSchema.parse(await response.json()).status).toBe(status);
  });

  it('serves the packs that the project ships, when no folder is named', async () => {
    const { address } = await startTestCollector();
    for (const audience of ['staff', 'pupil', 'young-pupil', 'visitor']) {
      expect((await list(address, audience)).length).toBeGreaterThan(0);
    }
  });
});
