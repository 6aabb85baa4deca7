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

export const policyHelp = `  npm run collector -- policy publish FOLDER|ZIP... --data DIR [--yes]
      Checks policy packs and gives them to the PCs from now on, all of them or none. A version that was published
      is never changed: people have signed it. Once anything is published, the samples that Porthor brings are no
      longer given. If an audience has no policy after all of them, it asks once, first. --yes answers in advance, for
      scripts. For example: policy publish staff pupil.zip visitor --data DIR
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
  subjects: readonly string[],
  output: Dialogue,
): Promise<void> {
  const [first = '', second = ''] = subjects;
  if (verb === 'publish') {
    const sources = subjects.map((subject) => path.resolve(subject));
    return publish(dataDirectory, sources, output);
  }
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
  sources: readonly string[],
  { say, warn, confirm }: Dialogue,
): Promise<void> {
  const before = await published(dataDirectory);
  const fresh: PolicyPack[] = [];
  for (const source of sources) {
    const pack = await readSound(source, warn);
    if (await isPublishable(pack, [...before, ...fresh], dataDirectory)) fresh.push(pack);
    else if (!fresh.some((other) => describe(other) === describe(pack))) {
      say(`${describe(pack)} is published already.`);
    }
  }
  if (fresh.length === 0) return;
  const names = fresh.map(describe).join(', ');
  const lost = await lostAudiences(fresh, before);
  if (lost.length > 0 && !(await mayLeaveOut(lost, confirm))) {
    throw new CollectorError(`${names} ${fresh.length === 1 ? 'is' : 'are'} not published.`);
  }
  await writePacks(fresh, dataDirectory);
  for (const pack of fresh) {
    await rm(path.join(withdrawnFolder(dataDirectory), folderName(pack)), { recursive: true, force: true });
    say(
      `${describe(pack)} is published for ${pack.manifest.audiences.join(', ')}, from ${pack.manifest.effectiveFrom}.`,
    );
  }
  warn(
    `A collector that was started with --policies reads that folder and not ${publishedFolder(dataDirectory)}.`,
  );
  if (before.length === 0) warn('From now on only published policies are given to the PCs, and no samples.');
  const uncovered = await uncoveredAudiences([...before, ...fresh]);
  if (uncovered.length > 0) {
    warn(
      `Nobody has a policy now for: ${uncovered.join(', ')}. Their PCs open without one. If you use these audiences, publish a policy for each.`,
    );
  }
}

/** Warns of what lint warns of. Throws CollectorError for a pack that no PC could show. */
async function readSound(source: string, warn: Dialogue['warn']): Promise<PolicyPack> {
  const read = await readOnePack(source);
  if (!read.ok) {
    const { subject, reason, remedy } = read.error;
    throw new CollectorError(`${path.basename(source)}: ${subject}: ${reason}. To put it right: ${remedy}.`);
  }
  for (const { severity, file, what, remedy } of lintPack(read.value)) {
    const where = `${path.basename(source)}: ${file}`;
    if (severity === 'error') throw new CollectorError(`${where}: ${what}. To put it right: ${remedy}.`);
    warn(`${where}: ${what}; ${remedy}`);
  }
  return read.value;
}

/** False for a version that is published as it is. Throws CollectorError for one that would change what people have signed. */
async function isPublishable(
  pack: PolicyPack,
  before: readonly PolicyPack[],
  dataDirectory: string,
): Promise<boolean> {
  const { id, version } = pack.manifest;
  const target = path.join(publishedFolder(dataDirectory), folderName(pack));
  const inPlace = await readOnePack(target);
  if (!inPlace.ok && inPlace.error.kind !== 'missing') {
    throw new CollectorError(
      `${target} is in the way and is no whole pack (${inPlace.error.subject}: ${inPlace.error.reason}). To put it right: make it readable or take it away, then publish again.`,
    );
  }
  const putAside = await readOnePack(path.join(withdrawnFolder(dataDirectory), folderName(pack)));
  const same = [...before, ...[inPlace, putAside].flatMap((one) => (one.ok ? [one.value] : []))].find(
    // "2" and "2.0" are one version: neither would be newer than the other.
    ({ manifest }) => manifest.id === id && compareVersions(manifest.version, version) === 0,
  );
  if (same !== undefined && JSON.stringify(same) !== JSON.stringify(pack)) {
    throw new CollectorError(
      `${describe(pack)} was published with other content, and people may have signed it. Give the change a new version.`,
    );
  }
  if (before.some((other) => other === same)) return false;
  const skipped = materialBefore(pack, before);
  if (skipped !== undefined) {
    throw new CollectorError(
      `${describe(pack)} says of itself that it changes nothing material, and does not say that ${skipped} did: whoever skipped that version would not be asked. To put it right: set "materialSince": "${skipped}" in policy.json.`,
    );
  }
  return true;
}

/**
 * Writes the packs to disk beside their place, then moves them: no collector ever reads half a pack, even after a power cut.
 * The first packs are moved together with their folder: an empty folder would mean that the school asks nothing, and a
 * part of them would leave an audience without a policy.
 */
async function writePacks(packs: readonly PolicyPack[], dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(path.join(dataDirectory, 'publishing-'));
  const target = publishedFolder(dataDirectory);
  try {
    for (const pack of packs) await writePack(pack, path.join(scratch, folderName(pack)));
    await syncFolder(scratch);
    if (!(await isFolder(target))) {
      await rename(scratch, target);
      await syncFolder(dataDirectory);
      return;
    }
    for (const pack of packs) {
      await rename(path.join(scratch, folderName(pack)), path.join(target, folderName(pack)));
    }
    await syncFolder(target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writePack(pack: PolicyPack, folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(path.join(folder, 'policy.json'), `${JSON.stringify(pack.manifest, undefined, 2)}\n`);
  for (const language of languages) {
    await writeFile(path.join(folder, pack.manifest.documents[language]), pack.texts[language]);
  }
  for (const name of await readdir(folder)) await syncFile(path.join(folder, name));
  await syncFolder(folder);
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

/** Audiences that have a policy now, from the published packs or the samples, and none after the fresh ones. */
async function lostAudiences(
  fresh: readonly PolicyPack[],
  before: readonly PolicyPack[],
): Promise<readonly string[]> {
  const after = audiencesOf([...before, ...fresh]);
  return [...audiencesOf(before.length === 0 ? await samples() : before)].filter(
    (audience) => !after.has(audience),
  );
}

async function mayLeaveOut(lost: readonly string[], confirm: Dialogue['confirm']): Promise<boolean> {
  const consequence = `This leaves nobody a policy for: ${lost.join(', ')}. Their PCs would open without one.`;
  if (confirm !== undefined) return confirm(`${consequence} Publish all the same?`);
  throw new CollectorError(
    `${consequence} Nothing is published. To put it right: publish a policy for them in the same command, or add --yes if that is meant.`,
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
