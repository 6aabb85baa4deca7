/** `collector -- policy …`: which policies this collector gives to the PCs. */
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { languages } from '../../shared/lib/language.ts';
import { compareVersions } from '../../shared/policy/compare-versions.ts';
import { lintPack } from '../../shared/policy/lint-pack.ts';
import type { PolicyPack } from '../../shared/policy/pack.ts';
import { CollectorError } from './collector-error.ts';
import { syncFile, syncFolder } from './durable-write.ts';
import { publishedFolder, readDirectory, readOnePack } from './repositories/policies.ts';

export const policyHelp = `  npm run collector -- policy publish FOLDER|ZIP --data DIR [--yes]
      Checks a policy pack and gives it to the PCs from now on. A version that was published is never changed:
      people have signed it. Once anything is published, the samples that Porthor brings are no longer given.
      If an audience loses its policy by that, it asks first. --yes answers in advance, for scripts.
      A collector that was started with --policies reads that folder alone and gives nothing that is published.
  npm run collector -- policy list --data DIR
  npm run collector -- policy withdraw ID VERSION --data DIR
      No longer given to the PCs; the pack is kept, since people may have signed it.
`;

export const policyVerbs = ['publish', 'list', 'withdraw'] as const;
export type PolicyVerb = (typeof policyVerbs)[number];

const samplesFolder = fileURLToPath(new URL('../../assets/policies', import.meta.url));

interface Dialogue {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  /** Resolves to true for *yes*. Undefined in a script, where no user can answer. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

const withdrawnFolder = (dataDirectory: string): string => path.join(dataDirectory, 'policies-withdrawn');
const folderName = ({ manifest }: PolicyPack): string => `${manifest.id}-${manifest.version}`;
const describe = ({ manifest }: PolicyPack): string => `${manifest.id} ${manifest.version}`;

export async function runPolicyCommand(
  dataDirectory: string,
  verb: PolicyVerb,
  subjects: readonly (string | undefined)[],
  output: Dialogue,
): Promise<void> {
  const [first = '', second = ''] = subjects;
  if (verb === 'publish') return publish(dataDirectory, path.resolve(first), output);
  if (verb === 'withdraw') return withdraw(dataDirectory, first, second, output);
  return list(dataDirectory, output);
}

async function published(dataDirectory: string): Promise<readonly PolicyPack[]> {
  const folder = publishedFolder(dataDirectory);
  return (await isFolder(folder)) ? (await readDirectory(folder)).packs : [];
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function publish(
  dataDirectory: string,
  source: string,
  { say, warn, confirm }: Dialogue,
): Promise<void> {
  const read = await readOnePack(source);
  if (!read.ok) {
    const { subject, reason, remedy } = read.error;
    throw new CollectorError(`${path.basename(source)}: ${subject}: ${reason}. To put it right: ${remedy}.`);
  }
  const pack = read.value;
  for (const { severity, file, what, remedy } of lintPack(pack)) {
    if (severity === 'error') throw new CollectorError(`${file}: ${what}. To put it right: ${remedy}.`);
    warn(`${file}: ${what}; ${remedy}`);
  }
  const before = await published(dataDirectory);
  const { id, version } = pack.manifest;
  const target = path.join(publishedFolder(dataDirectory), folderName(pack));
  const aside = path.join(withdrawnFolder(dataDirectory), folderName(pack));
  const inPlace = await readOnePack(target);
  if (!inPlace.ok && inPlace.error.kind !== 'missing') {
    throw new CollectorError(
      `${target} is in the way and is no whole pack (${inPlace.error.subject}: ${inPlace.error.reason}). To put it right: make it readable or take it away, then publish again.`,
    );
  }
  const putAside = await readOnePack(aside);
  const same = [...before, ...[inPlace, putAside].flatMap((one) => (one.ok ? [one.value] : []))].find(
    // "2" and "2.0" are one version: neither would be newer than the other.
    ({ manifest }) => manifest.id === id && compareVersions(manifest.version, version) === 0,
  );
  if (same !== undefined && JSON.stringify(same) !== JSON.stringify(pack)) {
    throw new CollectorError(
      `${describe(pack)} was published with other content, and people may have signed it. Give the change a new version.`,
    );
  }
  if (before.some((other) => other === same)) {
    say(`${describe(pack)} is published already.`);
    return;
  }
  const skipped = materialBefore(pack, before);
  if (skipped !== undefined) {
    throw new CollectorError(
      `${describe(pack)} says of itself that it changes nothing material, and does not say that ${skipped} did: whoever skipped that version would not be asked. To put it right: set "materialSince": "${skipped}" in policy.json.`,
    );
  }
  const lost = await lostAudiences(pack, before);
  if (lost.length > 0 && !(await mayLeaveOut(lost, confirm))) {
    throw new CollectorError(`${describe(pack)} is not published.`);
  }
  await writePack(pack, dataDirectory, target);
  await rm(aside, { recursive: true, force: true });
  say(
    `${describe(pack)} is published for ${pack.manifest.audiences.join(', ')}, from ${pack.manifest.effectiveFrom}.`,
  );
  warn(
    `A collector that was started with --policies reads that folder and not ${publishedFolder(dataDirectory)}.`,
  );
  if (before.length === 0) warn('From now on only published policies are given to the PCs, and no samples.');
  const uncovered = await uncoveredAudiences([...before, pack]);
  if (uncovered.length > 0) {
    warn(
      `Nobody has a policy now for: ${uncovered.join(', ')}. Their PCs open without one. If you use these audiences, publish a policy for each.`,
    );
  }
}

/**
 * Writes the pack to disk beside its place, then moves it: no collector ever reads half a pack, even after a power cut. The
 * first pack is moved together with its folder: an empty folder would mean that the school asks nothing.
 */
async function writePack(pack: PolicyPack, dataDirectory: string, target: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(path.join(dataDirectory, 'publishing-'));
  try {
    const folder = path.join(scratch, folderName(pack));
    await mkdir(folder);
    await writeFile(path.join(folder, 'policy.json'), `${JSON.stringify(pack.manifest, undefined, 2)}\n`);
    for (const language of languages) {
      await writeFile(path.join(folder, pack.manifest.documents[language]), pack.texts[language]);
    }
    for (const name of await readdir(folder)) await syncFile(path.join(folder, name));
    await syncFolder(folder);
    if (await isFolder(path.dirname(target))) {
      await rename(folder, target);
      await syncFolder(path.dirname(target));
    } else {
      await syncFolder(scratch);
      await rename(scratch, path.dirname(target));
      await syncFolder(dataDirectory);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Audiences of the newest version of each policy: PCs receive only that one. */
function audiencesOf(packs: readonly PolicyPack[]): ReadonlySet<string> {
  const newest = new Map<string, PolicyPack>();
  for (const pack of packs) {
    const { id, version } = pack.manifest;
    const other = newest.get(id);
    if (other === undefined || compareVersions(other.manifest.version, version) < 0) newest.set(id, pack);
  }
  return new Set([...newest.values()].flatMap(({ manifest }) => manifest.audiences));
}

async function samples(): Promise<readonly PolicyPack[]> {
  return (await readDirectory(samplesFolder)).packs;
}

/** Audiences that have a policy now, from the published packs or the samples, and none after this one. */
async function lostAudiences(pack: PolicyPack, before: readonly PolicyPack[]): Promise<readonly string[]> {
  const after = audiencesOf([...before, pack]);
  return [...audiencesOf(before.length === 0 ? await samples() : before)].filter(
    (audience) => !after.has(audience),
  );
}

async function mayLeaveOut(lost: readonly string[], confirm: Dialogue['confirm']): Promise<boolean> {
  const consequence = `This leaves nobody a policy for: ${lost.join(', ')}. Their PCs would open without one.`;
  if (confirm !== undefined) return confirm(`${consequence} Publish all the same?`);
  throw new CollectorError(
    `${consequence} Nothing is published. To put it right: add --yes if that is meant, or first publish a policy for them.`,
  );
}

/** Audiences of the samples that have no policy because something else is published. */
async function uncoveredAudiences(packs: readonly PolicyPack[]): Promise<readonly string[]> {
  const covered = audiencesOf(packs);
  return [...audiencesOf(await samples())].filter((audience) => !covered.has(audience));
}

/**
 * The newest earlier material version that this one does not mention. It must mention it, because PCs receive only the
 * newest version. The first published version never counts: no user can have accepted an earlier one.
 */
function materialBefore({ manifest }: PolicyPack, before: readonly PolicyPack[]): string | undefined {
  const told = manifest.material ? manifest.version : (manifest.materialSince ?? '0');
  const versions = before
    .map((other) => other.manifest)
    .filter(({ id, version }) => id === manifest.id && compareVersions(version, manifest.version) < 0)
    .sort((left, right) => compareVersions(right.version, left.version));
  const first = versions.at(-1)?.version;
  return versions.find(
    ({ material, version }) => material && version !== first && compareVersions(version, told) > 0,
  )?.version;
}

async function withdraw(
  dataDirectory: string,
  id: string,
  version: string,
  { say, warn }: Dialogue,
): Promise<void> {
  const packs = await published(dataDirectory);
  const pack = packs.find(({ manifest }) => manifest.id === id && manifest.version === version);
  if (pack === undefined) throw new CollectorError(`${id} ${version} is not published. See: policy list`);
  const from = publishedFolder(dataDirectory);
  // An administrator may have put the folder there by hand under another name.
  for (const name of await readdir(from)) {
    const one = await readOnePack(path.join(from, name));
    if (!one.ok || describe(one.value) !== describe(pack)) continue;
    const to = path.join(withdrawnFolder(dataDirectory), folderName(pack));
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    await rm(to, { recursive: true, force: true });
    await rename(path.join(from, name), to);
  }
  say(`${id} ${version} is withdrawn.`);
  const left = packs.filter((other) => other !== pack);
  const older = left.filter(({ manifest }) => manifest.id === id).map(describe);
  if (older.length > 0) warn(`Still published: ${older.join(', ')}. The newest in effect is asked.`);
  if (left.length === 0) warn('Nothing is published now: PCs ask nobody anything.');
}

async function list(dataDirectory: string, { say, warn }: Dialogue): Promise<void> {
  const packs = await published(dataDirectory);
  if (packs.length === 0) warn('Nothing has been published. See: policy publish');
  for (const { manifest } of packs) {
    const material = manifest.material ? 'material' : 'not material';
    say(
      `${manifest.id}  ${manifest.version}  from ${manifest.effectiveFrom}  for ${manifest.audiences.join(', ')}  ${material}  ${manifest.title['en-GB']}`,
    );
  }
}
