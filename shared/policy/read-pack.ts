/** Reads a policy pack: manifest, a text in each language, and the hash of each text. */
import type { z } from 'zod';
import { type Language, languages } from '../lib/language.ts';
import { fail, type Result, succeed } from '../lib/result.ts';
import { canonicalText } from './canonical-text.ts';
import { compareVersions } from './compare-versions.ts';
import {
  type PackManifest,
  type PolicyPack,
  packFormat,
  packManifestSchema,
  policyPackSchema,
} from './pack.ts';
import {
  maxDocumentBytes,
  maxManifestBytes,
  maxStatementCharacters,
  maxStatementsBytes,
} from './pack-limits.ts';
import { type PackProblem, packProblem } from './pack-problem.ts';
import type { PackTools } from './pack-tools.ts';

export const manifestFileName = 'policy.json';

export type PackFileFailure = {
  readonly kind: 'missing' | 'too-large' | 'unreadable';
  /** The reason, in plain words. */
  readonly reason: string;
};

/** Returns the bytes of one file of the pack by plain file name; `too-large` above `maxBytes`. */
export type PackFileReader = (
  fileName: string,
  maxBytes: number,
) => Promise<Result<Uint8Array, PackFileFailure>>;

/** Reads files that `readZip` unpacked into memory. */
export function readFrom(files: ReadonlyMap<string, Uint8Array>): PackFileReader {
  return (fileName, maxBytes) => {
    const bytes = files.get(fileName);
    if (bytes === undefined) {
      return Promise.resolve(fail({ kind: 'missing', reason: 'there is nothing of that name' }));
    }
    return Promise.resolve(
      bytes.length > maxBytes ? fail({ kind: 'too-large', reason: tooLarge(maxBytes) }) : succeed(bytes),
    );
  };
}

/** The message for a file above its limit. */
export function tooLarge(maxBytes: number): string {
  return `the file is larger than ${maxBytes / 1024} KiB`;
}

/** Reads and checks a complete pack. Never throws because of the files' content, and never returns half a pack. */
export async function readPack(
  readFile: PackFileReader,
  tools: PackTools,
): Promise<Result<PolicyPack, PackProblem>> {
  const manifestFile = await readFile(manifestFileName, maxManifestBytes);
  if (!manifestFile.ok) {
    const { kind, reason } = manifestFile.error;
    return fail(
      kind === 'missing'
        ? packProblem('not-a-pack', manifestFileName, 'there is no policy.json, so this is not a policy pack')
        : packProblem(kind, manifestFileName, reason),
    );
  }
  const manifest = parseManifest(manifestFile.value, tools);
  if (!manifest.ok) return manifest;

  const english = await readText('en-GB', manifest.value, readFile, tools);
  if (!english.ok) return english;
  const welsh = await readText('cy-GB', manifest.value, readFile, tools);
  if (!welsh.ok) return welsh;

  const texts = { 'en-GB': english.value, 'cy-GB': welsh.value };
  return succeed({ manifest: manifest.value, texts, textSha256: hashTexts(texts, tools) });
}

/**
 * Checks a complete pack from the collector or from this PC's own store: its schema, and each hash against its text. A
 * pack that passes equals one that was read from its files.
 */
export function checkPack(value: unknown, tools: PackTools): Result<PolicyPack, PackProblem> {
  const future = futureFormat(isRecord(value) ? value['manifest'] : undefined);
  if (future !== undefined) return fail(future);
  const parsed = policyPackSchema.safeParse(value);
  if (!parsed.success) return fail(schemaProblem(parsed.error, value, 'pack'));
  const pack = parsed.data;
  const manifestFault = inconsistency(pack.manifest);
  if (manifestFault !== undefined) return fail(manifestFault);
  const hashes = hashTexts(pack.texts, tools);
  for (const language of languages) {
    const text = pack.texts[language];
    const fileName = pack.manifest.documents[language];
    if (utf8Length(text) > maxDocumentBytes) {
      return fail(packProblem('too-large', fileName, tooLarge(maxDocumentBytes)));
    }
    if (text.trim() === '') return fail(packProblem('empty-document', fileName, 'the text is empty'));
    if (
      canonicalText(text) !== text ||
      hasLoneSurrogate(text) ||
      hashes[language] !== pack.textSha256[language]
    ) {
      return fail(packProblem('hash-mismatch', fileName, 'the text is not the one its hash was taken of'));
    }
  }
  return succeed(pack);
}

function hashTexts(texts: PolicyPack['texts'], tools: PackTools): PolicyPack['textSha256'] {
  return { 'en-GB': tools.sha256Hex(texts['en-GB']), 'cy-GB': tools.sha256Hex(texts['cy-GB']) };
}

function parseManifest(bytes: Uint8Array, tools: PackTools): Result<PackManifest, PackProblem> {
  const text = tools.decodeUtf8(bytes);
  if (text === undefined) {
    return fail(packProblem('not-utf8', manifestFileName, 'the file is not UTF-8 text'));
  }
  let value: unknown;
  try {
    value = JSON.parse(canonicalText(text));
  } catch {
    return fail(packProblem('invalid-json', manifestFileName, 'the file is not valid JSON'));
  }
  const future = futureFormat(value);
  if (future !== undefined) return fail(future);
  const parsed = packManifestSchema.safeParse(value);
  if (!parsed.success) return fail(schemaProblem(parsed.error, value, manifestFileName));
  const fault = inconsistency(parsed.data);
  return fault === undefined ? succeed(parsed.data) : fail(fault);
}

async function readText(
  language: Language,
  manifest: PackManifest,
  readFile: PackFileReader,
  tools: PackTools,
): Promise<Result<string, PackProblem>> {
  const fileName = manifest.documents[language];
  const file = await readFile(fileName, maxDocumentBytes);
  if (!file.ok) {
    const { kind, reason } = file.error;
    return fail(packProblem(kind === 'missing' ? 'missing-document' : kind, fileName, reason));
  }
  const decoded = tools.decodeUtf8(file.value);
  if (decoded === undefined) return fail(packProblem('not-utf8', fileName, 'the file is not UTF-8 text'));
  const text = canonicalText(decoded);
  if (text.trim() === '') return fail(packProblem('empty-document', fileName, 'the file holds no text'));
  return succeed(text);
}

/** Recognises a pack for a later Porthor, before the schema reports its new keys as mistakes. */
function futureFormat(manifest: unknown): PackProblem | undefined {
  if (!isRecord(manifest)) return undefined;
  const format = manifest['format'];
  if (typeof format !== 'number' || !(format > packFormat)) return undefined;
  const reason = `the pack has form ${format}; this version of Porthor reads form ${packFormat}`;
  return packProblem('unsupported-format', `${manifestFileName}: format`, reason);
}

/** Rules between two entries of the manifest, which the schema cannot express. */
function inconsistency(manifest: PackManifest): PackProblem | undefined {
  const about = (key: string) => `${manifestFileName}: ${key}`;
  const ids = new Set<string>();
  for (const { id } of manifest.statements) {
    if (ids.has(id)) {
      return packProblem('duplicate-statement', about('statements'), `two statements have the id "${id}"`);
    }
    ids.add(id);
  }
  for (const [key, text] of bilingualTexts(manifest)) {
    if (text.trim() === '') {
      return packProblem('missing-language', about(key), 'the text is blank in this language');
    }
    if (hasLoneSurrogate(text)) {
      return packProblem('invalid-manifest', about(key), 'the text holds half of a character');
    }
  }
  for (const language of languages) {
    const long = manifest.statements.find(({ text }) => text[language].length > maxStatementCharacters);
    if (long !== undefined) {
      const reason = `statement "${long.id}" has more than ${maxStatementCharacters} characters`;
      return packProblem('too-large', about('statements'), reason);
    }
    const shown = manifest.statements.map(({ id, text }) => ({ id, text: text[language], ticked: false }));
    if (utf8Length(JSON.stringify(shown)) > maxStatementsBytes) {
      const reason = `all statements together are larger than ${maxStatementsBytes / 1024} KiB in ${language}`;
      return packProblem('too-large', about('statements'), reason);
    }
  }
  const { version, material, materialSince } = manifest;
  if (materialSince !== undefined) {
    const order = compareVersions(materialSince, version);
    if (order > 0) {
      const reason = `${materialSince} is newer than this version, ${version}`;
      return packProblem('invalid-manifest', about('materialSince'), reason);
    }
    if (material !== (order === 0)) {
      const reason = `"material" is ${material}, yet the last material version is said to be ${materialSince}`;
      return packProblem('invalid-manifest', about('materialSince'), reason);
    }
  }
  return undefined;
}

function bilingualTexts(manifest: PackManifest): readonly (readonly [key: string, text: string])[] {
  const groups = [
    ['title', manifest.title] as const,
    ...(manifest.changes === undefined ? [] : [['changes', manifest.changes] as const]),
    ...manifest.statements.map(({ text }, index) => [`statements[${index}].text`, text] as const),
  ];
  return groups.flatMap(([key, text]) =>
    languages.map((language) => [`${key}.${language}`, text[language]] as const),
  );
}

function schemaProblem(error: z.ZodError, value: unknown, subject: string): PackProblem {
  const findings = error.issues.slice(0, 5).map((issue) => `${keyPath(issue.path)}: ${issue.message}`);
  const hidden = error.issues.length - findings.length;
  if (hidden > 0) findings.push(`and ${hidden} more`);
  const onlyLanguagesMissing = error.issues.every(
    ({ path }) => languages.some((language) => language === path.at(-1)) && isAbsent(value, path),
  );
  return packProblem(
    onlyLanguagesMissing ? 'missing-language' : 'invalid-manifest',
    subject,
    findings.join('; '),
  );
}

function keyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole';
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}

function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  let current: unknown = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return false;
    current = Reflect.get(current, step);
  }
  return current === undefined || current === '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Such a text has no UTF-8 form, so two different ones would share a hash. */
function hasLoneSurrogate(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
