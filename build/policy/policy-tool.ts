/** The policy-pack tool: looks packs over, packs them, prints their hashes and makes drafts out of documents. */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { loadPack } from '../../electron/storage/packs/load-packs.ts';
import { nodePackTools } from '../../electron/storage/packs/node-tools.ts';
import { languageSchema, languages } from '../../shared/lib/language.ts';
import { canonicalText } from '../../shared/policy/canonical-text.ts';
import { lintPack, type PackFinding } from '../../shared/policy/lint-pack.ts';
import { describeReading, type PackNote } from '../../shared/policy/lint-reading.ts';
import { audienceSchema, type PolicyPack } from '../../shared/policy/pack.ts';
import { maxZipBytes } from '../../shared/policy/pack-limits.ts';
import { manifestFileName } from '../../shared/policy/read-pack.ts';
import { readZip } from '../../shared/policy/read-zip.ts';
import { calendarDateAt, formatCalendarDate } from '../../shared/policy/school-calendar.ts';

const usage = `Looks after policy packs: folders, or zips, of policy.json and its Markdown files.

  npm run policy -- lint PACK...               name what is wrong and what to do about it; show length,
                                               reading age and the decisions that the school must take
  npm run policy -- pack FOLDER [--out FILE]   make a zip, the same bytes each time;
                                               FILE is <id>-<version>.zip unless given
  npm run policy -- hash PACK...               print id, version and the hash of each text
  npm run policy -- import FILE --audience NAME --lang en-GB|cy-GB [--out FOLDER] [--title TEXT]
                                         [--agreement NUMBER|TITLE] [--review]
                                               make a draft of a pack from Word (.docx), OpenDocument (.odt),
                                               PDF, a web page, Markdown or plain text; FOLDER is
                                               <audience>-policy unless given; --agreement chooses among
                                               several agreements for the audience; --review also writes
                                               FOLDER-review.html, the document beside its draft
  npm run policy -- import FILE --audience NAME --lang cy-GB --into PACK [--review]
                                               put the document of the other language into a draft
  npm run policy -- --help                     print this

PACK is a folder or a zip; for --into a folder. What import did, and what a person must check, is printed and
written to FOLDER-report.txt. Exit code: 0 all is well, 1 a pack has an error, 64 the command was not understood.
`;

/** Where the tool writes; lines come without their line end. */
export type Console = {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Called often during long work, with what is being done. */
  readonly progress?: (text: string) => void;
  /** Called with a folder before it is filled. If the program is ended, the caller removes it. */
  readonly keep?: (path: string) => void;
};

/** 64: the command was not understood, as in BSD's sysexits.h and as the collector answers. */
export type ExitCode = 0 | 1 | 64;

/** Runs one command line, given without the program's own name. */
export async function runPolicyTool(commandLine: readonly string[], console: Console): Promise<ExitCode> {
  const parsed = parseCommandLine(commandLine);
  if (typeof parsed === 'string') return misunderstood(parsed, console);
  if (parsed.help) {
    console.print(usage.trimEnd());
    return 0;
  }
  const { command, packs, out } = parsed;
  if (out !== undefined && command !== 'pack' && command !== 'import') {
    return misunderstood('--out belongs to "pack" and "import"', console);
  }
  const [first, ...others] = packs;
  switch (command) {
    case 'lint':
      return first === undefined ? misunderstood('name at least one pack', console) : lintAll(packs, console);
    case 'hash':
      return first === undefined ? misunderstood('name at least one pack', console) : hashAll(packs, console);
    case 'pack':
      return first === undefined || others.length > 0
        ? misunderstood('name one folder', console)
        : packFolder(first, out, console);
    case 'import':
      return first === undefined || others.length > 0
        ? misunderstood('name one document', console)
        : importOne(first, parsed, console);
    case undefined:
      return misunderstood('no command was given', console);
    default:
      return misunderstood(`there is no command "${command}"`, console);
  }
}

type CommandLine = {
  readonly help: boolean;
  readonly command: string | undefined;
  readonly packs: readonly string[];
  readonly out: string | undefined;
  readonly into: string | undefined;
  readonly audience: string | undefined;
  readonly lang: string | undefined;
  readonly title: string | undefined;
  readonly agreement: string | undefined;
  readonly review: boolean;
};

function parseCommandLine(commandLine: readonly string[]): CommandLine | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...commandLine],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        out: { type: 'string' },
        into: { type: 'string' },
        audience: { type: 'string' },
        lang: { type: 'string' },
        title: { type: 'string' },
        agreement: { type: 'string' },
        review: { type: 'boolean' },
      },
    });
    const [command, ...packs] = positionals;
    const { out, into, audience, lang, title, agreement } = values;
    const { help = false, review = false } = values;
    return { help, command, packs, out, into, audience, lang, title, agreement, review };
  } catch (error) {
    return error instanceof Error ? error.message : 'the options were not understood';
  }
}

function misunderstood(reason: string, { complain }: Console): ExitCode {
  complain(`policy: ${reason}`);
  complain('policy: "npm run policy -- --help" shows the commands');
  return 64;
}

async function importOne(file: string, options: CommandLine, console: Console): Promise<ExitCode> {
  const audience = audienceSchema.safeParse(options.audience);
  if (!audience.success) {
    return misunderstood('say whom it is for: --audience staff, or another lower-case word', console);
  }
  const language = languageSchema.safeParse(options.lang);
  if (!language.success)
    return misunderstood('say which language it is in: --lang en-GB or --lang cy-GB', console);
  if (options.into !== undefined && options.out !== undefined) {
    return misunderstood('--into names the pack already; leave --out away', console);
  }
  const shipped = await shippedAudiences();
  if (!shipped.includes(audience.data)) {
    console.complain(
      `policy: no policy that Porthor brings is for "${audience.data}" (they are for ${shipped.join(', ')}). Nobody gets this pack until the setting audience.default or audience.rules names that audience.`,
    );
  }
  // The readers of Word and PDF take their time to load, and the other commands need none of them.
  const { importDocument } = await import('./import/import-document.ts');
  return importDocument(
    {
      file,
      audience: audience.data,
      language: language.data,
      title: options.title,
      agreement: options.agreement,
      out: options.out,
      into: options.into,
      review: options.review,
      today: formatCalendarDate(calendarDateAt(new Date())),
    },
    console,
  );
}

const shippedFolder = fileURLToPath(new URL('../../assets/policies', import.meta.url));

async function shippedAudiences(): Promise<readonly string[]> {
  const names = await readdir(shippedFolder);
  const packs = await Promise.all(names.map((name) => loadPack(join(shippedFolder, name))));
  return [...new Set(packs.flatMap((pack) => (pack.ok ? pack.value.manifest.audiences : [])))].sort();
}

/** The place of a finding. A pack that is not there is its own subject. */
function placeOf(path: string, subject: string): string {
  return subject === basename(path) ? path : join(path, subject);
}

async function lintAll(packs: readonly string[], console: Console): Promise<ExitCode> {
  const count = { error: 0, warning: 0 };
  for (const path of packs) {
    const { findings, notes } = await lintOne(path);
    for (const { severity, file, what, remedy } of findings) {
      count[severity] += 1;
      const line = `${placeOf(path, file)}: ${severity}: ${what}: ${remedy}`;
      if (severity === 'error') console.complain(line);
      else console.print(line);
    }
    for (const { file, what } of notes) console.print(`${join(path, file)}: note: ${what}`);
  }
  console.print(
    `${plural(packs.length, 'pack')}, ${plural(count.error, 'error')}, ${plural(count.warning, 'warning')}`,
  );
  return count.error === 0 ? 0 : 1;
}

type LintResult = { readonly findings: readonly PackFinding[]; readonly notes: readonly PackNote[] };

async function lintOne(path: string): Promise<LintResult> {
  const pack = await loadPack(path);
  if (pack.ok) {
    return {
      findings: lintPack(pack.value, await listFiles(path)),
      notes: describeReading(pack.value),
    };
  }
  const { subject, reason, remedy } = pack.error;
  return { findings: [{ severity: 'error', file: subject, what: reason, remedy }], notes: [] };
}

/** The pack has been loaded from here a moment ago; what has gone since then is the caller's own doing. */
async function listFiles(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isDirectory()) return (await readdir(path)).sort();
  const files = readZip(await readFile(path), nodePackTools);
  return files.ok ? [...files.value.keys()].sort() : [];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

async function hashAll(packs: readonly string[], console: Console): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  for (const path of packs) {
    const pack = await loadOrComplain(path, console);
    if (pack === undefined) {
      exitCode = 1;
      continue;
    }
    const { id, version } = pack.manifest;
    for (const language of languages)
      console.print(`${id} ${version} ${language} ${pack.textSha256[language]}`);
  }
  return exitCode;
}

async function loadOrComplain(path: string, console: Console): Promise<PolicyPack | undefined> {
  const pack = await loadPack(path);
  if (pack.ok) return pack.value;
  const { subject, reason, remedy } = pack.error;
  console.complain(`${placeOf(path, subject)}: ${reason}: ${remedy}`);
  return undefined;
}

async function packFolder(folder: string, out: string | undefined, console: Console): Promise<ExitCode> {
  const pack = await loadOrComplain(folder, console);
  if (pack === undefined) return 1;
  if (!(await stat(folder)).isDirectory()) return misunderstood(`${folder} is not a folder`, console);
  const errors = lintPack(pack).filter(({ severity }) => severity === 'error');
  for (const { file, what, remedy } of errors) console.complain(`${join(folder, file)}: ${what}: ${remedy}`);
  if (errors.length > 0) return 1;

  const target = out ?? `${pack.manifest.id}-${pack.manifest.version}.zip`;
  const bytes = zipPack(await readFile(join(folder, manifestFileName), 'utf8'), pack);
  if (bytes.length > maxZipBytes) {
    console.complain(
      `${target}: the zip would be larger than ${maxZipBytes / 1024 / 1024} MiB: shorten the texts`,
    );
    return 1;
  }
  const unfinished = `${target}.unfinished`;
  try {
    // By a second name first, so that a full disk never leaves half a zip where a whole one is looked for.
    await writeFile(unfinished, bytes);
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    const reason = error instanceof Error ? error.message : 'it could not be written';
    console.complain(`${target}: ${reason}: choose another place with --out`);
    return 1;
  }
  console.print(`${target}: ${pack.manifest.id} ${pack.manifest.version}, ${bytes.length} bytes`);
  return 0;
}

/** Depends on what the pack says alone: not on line ends, times, places or the order of files on disk. */
function zipPack(manifest: string, pack: PolicyPack): Uint8Array {
  const encoder = new TextEncoder();
  const files = {
    [manifestFileName]: encoder.encode(canonicalText(manifest)),
    [pack.manifest.documents['en-GB']]: encoder.encode(pack.texts['en-GB']),
    [pack.manifest.documents['cy-GB']]: encoder.encode(pack.texts['cy-GB']),
  };
  // Zip keeps wall-clock time without a zone, and the library reads the date's local parts: these are the same
  // in every zone.
  return zipSync(files, { level: 9, mtime: new Date(2000, 0, 1) });
}
