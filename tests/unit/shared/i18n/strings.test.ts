/** The words on the screen: complete in both languages, each with a note, each used, and none missing. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../../build/runtime/paths.ts';
import { accountStateSchema, roleSchema } from '../../../../shared/console/access.ts';
import { actionSchema, signatureSchema } from '../../../../shared/console/acknowledgements.ts';
import { refusalSchema } from '../../../../shared/console/countersign.ts';
import { tokenStateSchema } from '../../../../shared/console/enrolment.ts';
import { mediaEntryStateSchema } from '../../../../shared/console/media.ts';
import { pcStateSchema } from '../../../../shared/console/pcs.ts';
import { jobSchema } from '../../../../shared/console/personnel-files.ts';
import { versionStateSchema } from '../../../../shared/console/policies.ts';
import { deviceProblemSchema, verdictSchema } from '../../../../shared/device/verdict.ts';
import { consoleStrings } from '../../../../shared/i18n/console-words.ts';
import { selfCheckStrings } from '../../../../shared/i18n/self-check-words.ts';
import { strings } from '../../../../shared/i18n/strings.ts';
import { type Language, languages } from '../../../../shared/lib/language.ts';
import { capabilitySchema, logonToGateSchema } from '../../../../shared/wire/events.ts';

type Forms = Readonly<Record<string, string>>;

interface Entry {
  readonly note: string;
  readonly texts: Readonly<Record<Language, string | Forms>>;
}

const localesFolder = path.join(projectRoot, 'assets/locales');

/** The files as a translator writes them, not as the types promise them. */
const files = readdirSync(localesFolder).map((name) => ({
  name,
  entries: Object.entries(
    JSON.parse(readFileSync(path.join(localesFolder, name), 'utf8')) as Record<
      string,
      Record<string, unknown>
    >,
  ),
}));

const entries = new Map<string, Entry>(
  files.flatMap(({ entries: read }) =>
    read.map(([key, { note, ...texts }]) => [
      key,
      { note: String(note ?? ''), texts: texts as Record<Language, string | Forms> },
    ]),
  ),
);

function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/gu)].map(([, name = '']) => name).toSorted();
}

function formsOf(text: string | Forms): Forms {
  return typeof text === 'string' ? { other: text } : text;
}

/** All source that may show words, without the locale files themselves. */
const source = ['renderer', 'electron', 'shared', 'collector']
  .flatMap((room) =>
    readdirSync(path.join(projectRoot, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/u.test(file))
      .map((file) => readFileSync(path.join(projectRoot, room, file), 'utf8')),
  )
  .join('\n');

describe.each([...entries])('%s', (_key, { note, texts }) => {
  test('has a note and exactly the two languages, none of them empty', () => {
    expect(note.length).toBeGreaterThan(3);
    expect(Object.keys(texts).toSorted()).toEqual([...languages].toSorted());
    for (const language of languages) {
      for (const form of Object.values(formsOf(texts[language]))) {
        expect(form.trim()).toBe(form);
        expect(form).not.toBe('');
      }
    }
  });

  test('names the same placeholders in both languages', () => {
    const [english, welsh] = languages.map((language) =>
      placeholdersIn(formsOf(texts[language])['other'] ?? ''),
    );
    expect(welsh).toEqual(english);
    for (const language of languages) {
      const { other = '', ...forms } = formsOf(texts[language]);
      const allowed = new Set([...placeholdersIn(other), 'count']);
      for (const form of Object.values(forms)) {
        for (const name of placeholdersIn(form)) expect(allowed).toContain(name);
      }
    }
  });

  test('has every plural form that each language needs, or has none in either', () => {
    const isCounted = languages.map((language) => typeof texts[language] === 'object');
    expect(new Set(isCounted).size).toBe(1);
    if (isCounted[0] === false) return;
    for (const language of languages) {
      const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      expect(Object.keys(formsOf(texts[language])).toSorted()).toEqual([...categories].toSorted());
    }
  });
});

/** Keys that hold the name of a verdict or a problem; the compiler checks that each of them exists. */
const composedKeys: ReadonlySet<string> = new Set([
  ...verdictSchema.options.map((verdict) => `media-warning.short.${verdict}`),
  ...deviceProblemSchema.options.flatMap((problem) =>
    ['', '.why', '.do']
      .map((ending) => `media-warning.${problem}${ending}`)
      .concat(`media-warning.title.${problem}`),
  ),
  ...actionSchema.options.map((action) => `console.action.${action}`),
  ...signatureSchema.options.flatMap((signature) => [
    `console.signature.${signature}`,
    `console.proof.signature.${signature}`,
  ]),
  ...roleSchema.options.flatMap((role) => [`console.role.${role}`, `console.role.${role}.may`]),
  ...refusalSchema.options.map((reason) => `console-countersign.refused.${reason}`),
  ...(['included', 'waiting', 'broken'] as const).map((state) => `console-countersign.log.${state}`),
  ...jobSchema.shape.state.options.map((state) => `console-personnel-file.state.${state}`),
  ...versionStateSchema.options.map((state) => `console-policies.state.${state}`),
  ...accountStateSchema.options.map((state) => `console.accounts.${state}`),
  ...[...pcStateSchema.options, 'silent'].map((state) => `console-pcs.state.${state}`),
  ...verdictSchema.options.map((verdict) => `console-media.verdict.${verdict}`),
  ...mediaEntryStateSchema.options.map((state) => `console-media.entry.${state}`),
  ...tokenStateSchema.options.map((state) => `console-enrolment.state.${state}`),
  ...logonToGateSchema.shape.gate.options.map((gate) => `console-pcs.gate.${gate}`),
  ...capabilitySchema.shape.level.options.map((level) => `console-pcs.level.${level}`),
]);

test('the agent or the console uses every key', () => {
  const unused = [...entries.keys()].filter(
    (key) => !source.includes(`'${key}'`) && !source.includes(`"${key}"`) && !composedKeys.has(key),
  );
  expect(unused).toEqual([]);
});

test('every file is imported, and no key appears in two files', () => {
  const all = files.flatMap(({ entries: read }) => read.map(([key]) => key));
  expect(new Set(all).size).toBe(all.length);
  expect(Object.keys({ ...strings, ...selfCheckStrings, ...consoleStrings }).toSorted()).toEqual(
    all.toSorted(),
  );
});

test('every key is in the file of its area', () => {
  const areas: Readonly<Record<string, readonly string[]>> = {
    'common.json': ['common', 'contact', 'language'],
  };
  for (const { name, entries: read } of files) {
    const allowed = areas[name] ?? [path.basename(name, '.json')];
    for (const [key] of read) expect(allowed).toContain(key.split('.')[0]);
  }
});

/** The words on which other projects' tests and screen readers rely. */
test.each([
  ['gate.accept', 'I accept', "Rwy'n derbyn"],
  ['gate.check.confirm', 'Confirm and continue', 'Cadarnhau a pharhau'],
  ['gate.decline', 'I do not accept', 'Nid wyf yn derbyn'],
  ['gate.help', 'I need help', 'Mae angen help arnaf'],
  ['language.english', 'English', 'English'],
  ['language.welsh', 'Cymraeg', 'Cymraeg'],
  ['gate.fullName', 'Full name', 'Enw llawn'],
  ['gate.jobRole', 'Job title or role', 'Teitl swydd neu rôl'],
  ['idle-warning.stay', 'Stay signed in', 'Aros wedi mewngofnodi'],
  ['tray.lockNow', 'Lock now', 'Cloi nawr'],
  ['tray.agreements', 'My agreements', 'Fy nghytundebau'],
  ['tray.records', 'What Porthor records', 'Beth mae Porthor yn ei gofnodi'],
  ['tray.reportProblem', 'Report a problem', 'Rhoi gwybod am broblem'],
] as const)('%s has the words of the contract', (key, english, welsh) => {
  expect(strings[key]['en-GB']).toBe(english);
  expect(strings[key]['cy-GB']).toBe(welsh);
});
