/** Publishing from the command line: what PCs receive, and that a signed version never changes. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPolicyCommand } from '../../collector/src/policy-commands.ts';
import { policiesResponseSchema } from '../../shared/wire/collector-api.ts';
import { zipFiles } from '../fixtures/packs/build-zip.ts';
import { packFiles, packWithManifest } from '../fixtures/packs/pack-files.ts';
import { writePack } from '../fixtures/packs/write-pack.ts';
import { makeDataFolder, makeFolder, startTestCollector } from '../support/collector/collector.ts';
import { runCollector, runCollectorOnFullDisk } from '../support/collector/command-line.ts';

async function listed(address: string): Promise<readonly string[]> {
  const response = await fetch(`${address}/v1/policies?audience=staff`);
  const { policies } = policiesResponseSchema.parse(await response.json());
  return policies.map(({ id, version, manifest }) => `${id} ${version} ${manifest.title['en-GB']}`);
}

describe('policy publish, list and withdraw', () => {
  it('gives PCs the published pack instead of the samples, and withdraws it again', async () => {
    let nowMs = Date.parse('2026-11-22T08:00:00Z');
    const { address, dataDirectory } = await startTestCollector({ now: () => new Date(nowMs) });
    const soon = () => {
      nowMs += 6000;
    };
    expect(await listed(address)).toEqual([expect.stringMatching(/^staff 2026\.2 /u)]);
    const folder = await writePack(path.join(await makeFolder(), 'pack'), packFiles());
    const published = await runCollector('policy', 'publish', folder, '--data', dataDirectory, '--yes');
    expect(published).toMatchObject({
      code: 0,
      stdout: 'staff 2 is published for staff, from 2026-09-01.\n',
    });
    expect(published.stderr).toContain('no samples');
    expect(published.stderr).toContain(
      'Nobody has a policy now for: pupil, governor, visitor, supply, contractor, young-pupil.',
    );
    expect(published.stderr).toContain(
      `A collector that was started with --policies reads that folder and not ${path.join(dataDirectory, 'policies')}.`,
    );
    soon();
    expect(await listed(address)).toEqual(['staff 2 Staff policy']);

    const zip = path.join(await makeFolder(), 'next.zip');
    await writeFile(zip, zipFiles(packWithManifest({ version: '3', material: true, materialSince: '3' })));
    expect((await runCollector('policy', 'publish', zip, '--data', dataDirectory)).code).toBe(0);
    soon();
    expect(await listed(address)).toEqual(['staff 3 Staff policy']);
    expect((await runCollector('policy', 'list', '--data', dataDirectory)).stdout.split('\n')).toHaveLength(
      3,
    );

    const withdrawn = await runCollector('policy', 'withdraw', 'staff', '3', '--data', dataDirectory);
    expect(withdrawn).toMatchObject({ code: 0, stdout: 'staff 3 is withdrawn.\n' });
    expect(withdrawn.stderr).toContain('Still published: staff 2.');
    soon();
    expect(await listed(address)).toEqual(['staff 2 Staff policy']);
    expect(await readdir(path.join(dataDirectory, 'policies-withdrawn'))).toEqual(['staff-3']);
    expect((await readdir(dataDirectory)).filter((name) => name.startsWith('publishing-'))).toEqual([]);
  });

  it('never changes a version that was published, even one that was withdrawn', async () => {
    const data = await makeDataFolder();
    const folder = await writePack(path.join(await makeFolder(), 'pack'), packFiles());
    const publish = (from: string) => runCollector('policy', 'publish', from, '--data', data, '--yes');
    expect((await publish(folder)).code).toBe(0);
    expect(await publish(folder)).toMatchObject({ code: 0, stdout: 'staff 2 is published already.\n' });
    const other = await writePack(
      path.join(await makeFolder(), 'pack'),
      packFiles({ 'en.md': '## Your screen\n\n- Leave it open.\n- Sign out later.\n\n## Help\n\nAsk.\n' }),
    );
    expect(await publish(other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('new version') as string,
    });
    // The same version number in another notation is the same version.
    const again = await writePack(
      path.join(await makeFolder(), 'pack'),
      packWithManifest({ version: '2.0', materialSince: undefined }),
    );
    expect((await publish(again)).code).toBe(1);
    await runCollector('policy', 'withdraw', 'staff', '2', '--data', data);
    expect((await publish(other)).code).toBe(1);
    expect((await publish(folder)).code).toBe(0);
  });

  it('asks before an audience loses its policy, and publishes nothing without a yes', async () => {
    const data = await makeDataFolder();
    const folder = await writePack(path.join(await makeFolder(), 'pack'), packFiles());
    const inScript = await runCollector('policy', 'publish', folder, '--data', data);
    expect(inScript).toMatchObject({ code: 1, stdout: '' });
    expect(inScript.stderr).toContain(
      'This leaves nobody a policy for: pupil, governor, visitor, supply, contractor, young-pupil.',
    );
    expect(inScript.stderr).toContain('add --yes if that is meant');

    const asked: string[] = [];
    const said: string[] = [];
    const publish = (from: string, answer: boolean) =>
      runPolicyCommand(data, 'publish', [from], {
        say: (line) => said.push(line),
        warn: () => undefined,
        confirm: (question) => {
          asked.push(question);
          return Promise.resolve(answer);
        },
      });
    await expect(publish(folder, false)).rejects.toThrow('staff 2 is not published.');
    expect(await readdir(data)).toEqual(['collector.sqlite']);
    expect(asked).toEqual([expect.stringContaining('Publish all the same?')]);
    await publish(folder, true);
    expect(said).toEqual([expect.stringContaining('staff 2 is published')]);

    // A new version for the same audiences takes nothing from anyone.
    asked.length = 0;
    const wider = packWithManifest({
      version: '3',
      material: true,
      materialSince: '3',
      audiences: ['staff', 'supply'],
    });
    await publish(await writePack(path.join(await makeFolder(), 'wider'), wider), false);
    expect(asked).toEqual([]);
    const narrower = packWithManifest({ version: '4', material: true, materialSince: '4' });
    const narrowerFolder = await writePack(path.join(await makeFolder(), 'narrower'), narrower);
    await expect(publish(narrowerFolder, false)).rejects.toThrow('staff 4 is not published.');
    expect(asked).toEqual([expect.stringContaining('nobody a policy for: supply.')]);
  });

  it('publishes several packs in one step, and asks once about the whole', async () => {
    const data = await makeDataFolder();
    const sources = ['staff', 'pupil', 'visitor', 'young-pupil'].map((id) =>
      path.resolve('assets/policies', id),
    );
    const [staff = '', pupil = '', ...rest] = sources;
    const asked: string[] = [];
    const said: string[] = [];
    const publish = (from: readonly string[], answer: boolean) =>
      runPolicyCommand(data, 'publish', from, {
        say: (line) => said.push(line),
        warn: () => undefined,
        confirm: (question) => {
          asked.push(question);
          return Promise.resolve(answer);
        },
      });
    await expect(publish([staff, pupil], false)).rejects.toThrow(
      'staff 2026.2, pupil 2026.2 are not published.',
    );
    expect(asked).toEqual([
      expect.stringContaining('nobody a policy for: visitor, supply, contractor, young-pupil.'),
    ]);
    expect(await readdir(data)).toEqual(['collector.sqlite']);

    // All audiences of the samples have a policy afterwards, so that nothing is asked. A pack named twice counts once.
    asked.length = 0;
    await publish([staff, pupil, ...rest, staff], false);
    expect(asked).toEqual([]);
    expect(said).toEqual(
      ['staff', 'pupil', 'visitor', 'young-pupil'].map(
        (id) => expect.stringContaining(`${id} 2026.`) as string,
      ),
    );
    expect(await readdir(path.join(data, 'policies'))).toHaveLength(4);
  });

  it('publishes none of several packs where one is wrong', async () => {
    const data = await makeDataFolder();
    const sound = await writePack(path.join(await makeFolder(), 'sound'), packFiles());
    const broken = await writePack(
      path.join(await makeFolder(), 'broken'),
      packFiles({ 'cy.md': undefined }),
    );
    const next = await writePack(
      path.join(await makeFolder(), 'next'),
      packWithManifest({ version: '3', material: true, materialSince: '3' }),
    );
    const refused = await runCollector('policy', 'publish', sound, broken, '--data', data, '--yes');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('broken: ');
    expect(await readdir(data)).toEqual(['collector.sqlite']);
    // Two versions of one policy in one step are checked against each other, and the folder may be there already.
    expect((await runCollector('policy', 'publish', sound, '--data', data, '--yes')).code).toBe(0);
    const again = await runCollector('policy', 'publish', sound, next, '--data', data, '--yes');
    expect(again.stdout).toBe(
      'staff 2 is published already.\nstaff 3 is published for staff, from 2026-09-01.\n',
    );
    expect(await readdir(path.join(data, 'policies'))).toEqual(['staff-2', 'staff-3']);
  });

  it('refuses a version that hides a material one from users who skipped it', async () => {
    const data = await makeDataFolder();
    const publish = async (changes: Parameters<typeof packWithManifest>[0]) => {
      const folder = await writePack(path.join(await makeFolder(), 'pack'), packWithManifest(changes));
      return runCollector('policy', 'publish', folder, '--data', data, '--yes');
    };
    const material = (version: string) => publish({ version, material: true, materialSince: undefined });
    expect((await material('1')).code).toBe(0);
    // The first version never counts: no user can have accepted an earlier one.
    expect((await publish({ version: '1.1', material: false, materialSince: undefined })).code).toBe(0);
    expect((await material('2')).code).toBe(0);
    const refused = await publish({ version: '3', material: false, materialSince: undefined });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('set "materialSince": "2"') as string,
    });
    expect((await publish({ version: '3', material: false, materialSince: '2' })).code).toBe(0);
  });

  it('refuses an incomplete pack, and says what to do', async () => {
    const data = await makeDataFolder();
    const folder = await writePack(path.join(await makeFolder(), 'pack'), packFiles({ 'cy.md': undefined }));
    const refused = await runCollector('policy', 'publish', folder, '--data', data, '--yes');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('To put it right');
    expect((await runCollector('policy', 'withdraw', 'staff', '9', '--data', data)).code).toBe(1);
    expect((await runCollector('policy', 'publish', '--data', data)).code).toBe(64);
  });

  it('leaves no empty folder when the first pack cannot be written, because that would open every gate', async () => {
    const data = await makeDataFolder();
    const folder = await writePack(path.join(await makeFolder(), 'pack'), packFiles());
    expect((await runCollectorOnFullDisk('policy', 'publish', folder, '--data', data, '--yes')).code).toBe(1);
    expect(await readdir(data)).toEqual(['collector.sqlite']);
  });

  it('never overwrites a pack that it cannot read, and says what to do', async () => {
    const data = await makeDataFolder();
    const folder = await writePack(path.join(await makeFolder(), 'pack'), packFiles());
    const publish = () => runCollector('policy', 'publish', folder, '--data', data, '--yes');
    expect((await publish()).code).toBe(0);
    const broken = path.join(data, 'policies', 'staff-2');
    await writeFile(path.join(broken, 'policy.json'), '');
    const refused = await publish();
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^\S+staff-2 is in the way .*To put it right: .*\.\n$/u);
    await rm(broken, { recursive: true });
    expect((await publish()).code).toBe(0);
  });

  it('recognises a withdrawn zip that an administrator had put into the folder by hand', async () => {
    const data = await makeDataFolder();
    const first = await writePack(path.join(await makeFolder(), 'pack'), packWithManifest({ id: 'first' }));
    expect((await runCollector('policy', 'publish', first, '--data', data, '--yes')).code).toBe(0);
    await writeFile(path.join(data, 'policies', 'by-hand.zip'), zipFiles(packFiles()));
    expect((await runCollector('policy', 'withdraw', 'staff', '2', '--data', data)).code).toBe(0);
    const other = await writePack(
      path.join(await makeFolder(), 'pack'),
      packFiles({ 'en.md': '## Your screen\n\n- Leave it open.\n\n## Help\n\nAsk.\n' }),
    );
    expect((await runCollector('policy', 'publish', other, '--data', data)).stderr).toContain('new version');
  });
});
