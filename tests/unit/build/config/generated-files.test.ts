import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../../build/config/generate.ts';
import { dottedName, propertyName } from '../../../../build/config/setting-names.ts';
import { policyName } from '../../../../build/gpo/templates.ts';
import { adaptForWixl } from '../../../../build/msi/adapt-for-wixl.ts';
import { scheduledTasks } from '../../../../build/msi/tasks.ts';
import { projectRoot } from '../../../../build/runtime/paths.ts';
import { configEntries } from '../../../../shared/config/managed-config.ts';

const textOf = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

const parseXml = (file: string): Document =>
  new DOMParser({
    errorHandler: (level, message) => {
      throw new Error(`${file}: ${level}: ${String(message)}`);
    },
  }).parseFromString(textOf(file), 'text/xml');

const all = (document: Document | Element, name: string): readonly Element[] =>
  Array.from(document.getElementsByTagName(name));
const attribute = (element: Element, name: string): string => element.getAttribute(name) ?? '';

const templates = 'build/gpo/PolicyDefinitions';
const admx = parseXml(`${templates}/porthor.admx`);
const languages = ['en-GB', 'en-US', 'cy-GB'];
const entries = configEntries();

describe('files generated from the table of the managed configuration', () => {
  it.each([...generatedFiles()])('%s agrees with the table (else: npm run generate)', (file, content) => {
    expect(textOf(file)).toBe(content);
  });

  it('no template exists that the table does not generate', () => {
    const there = readdirSync(path.join(projectRoot, templates), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)));
    expect(there.filter((file) => !generatedFiles().has(file))).toEqual([]);
  });

  it('policies, properties, the table and the schema hold every key, and nothing else', () => {
    const policies = all(admx, 'policy').map((policy) => attribute(policy, 'name'));
    expect(policies).toEqual(entries.map(policyName));

    const settings = parseXml('build/msi/settings.wxs');
    const properties = all(settings, 'Property')
      .map((property) => attribute(property, 'Id'))
      .filter((id) => !id.startsWith('KEPT_') && id !== 'FORGETSETTINGS');
    expect(properties).toEqual(entries.map(propertyName));
    const written = all(settings, 'RegistryValue').map((value) => attribute(value, 'Name'));
    expect(written).toEqual(entries.map(dottedName));

    const rows = textOf('build/gpo/SETTINGS.md')
      .split('\n')
      .flatMap((line) => line.match(/^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|/)?.slice(1, 4) ?? []);
    expect(rows).toEqual(
      entries.flatMap((entry) => [dottedName(entry), propertyName(entry), policyName(entry)]),
    );

    interface Node {
      readonly properties?: Readonly<Record<string, Node>>;
      readonly description?: string;
    }
    const schema = JSON.parse(textOf('build/gpo/porthor.schema.json')) as Node;
    const keys = Object.entries(schema.properties ?? {}).flatMap(([name, node]) =>
      node.properties === undefined
        ? [name]
        : Object.keys(node.properties).map((member) => `${name}.${member}`),
    );
    expect(keys).toEqual(entries.map(dottedName));
  });

  it('no property has the name of another, or of one that the installer reserves', () => {
    const names = entries.map(propertyName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9]{0,50}$/);
    const taken = ['ALLUSERS', 'REINSTALL', 'REMOVE', 'TARGETDIR', 'TRANSFORMS', 'PRIVILEGED', 'ADDLOCAL'];
    expect(names.filter((name) => taken.includes(name))).toEqual([]);
  });
});

/** The published schema of ADMX and ADML is not part of this project, so its rules are written out here. */
describe('the Group Policy templates', () => {
  const idRule = /^[A-Za-z_][A-Za-z0-9_]*$/;
  const policies = all(admx, 'policy');
  const references = (kind: 'string' | 'presentation'): readonly string[] =>
    [...textOf(`${templates}/porthor.admx`).matchAll(new RegExp(`\\$\\(${kind}\\.([^)]*)\\)`, 'g'))].map(
      ([, id]) => id ?? '',
    );

  it('have elements in the order that the schema demands', () => {
    const order = (element: Element) =>
      Array.from(element.childNodes)
        .map(({ nodeName }) => nodeName)
        .filter((name) => !name.startsWith('#'));
    expect(order(admx.documentElement)).toEqual([
      'policyNamespaces',
      'resources',
      'supportedOn',
      'categories',
      'policies',
    ]);
    for (const policy of policies) {
      expect([
        ['parentCategory', 'supportedOn', 'elements'],
        ['parentCategory', 'supportedOn', 'enabledValue', 'disabledValue'],
      ]).toContainEqual(order(policy));
    }
  });

  it('have ids that are valid and unique, and parents that exist', () => {
    const categories = all(admx, 'category').map((category) => attribute(category, 'name'));
    const names = [...categories, ...policies.map((policy) => attribute(policy, 'name'))];
    for (const name of names) expect(name).toMatch(idRule);
    expect(new Set(names).size).toBe(names.length);
    for (const parent of all(admx, 'parentCategory')) expect(categories).toContain(attribute(parent, 'ref'));
    const supported = all(admx, 'definition').map((definition) => attribute(definition, 'name'));
    for (const policy of policies) {
      const [on] = all(policy, 'supportedOn');
      expect(supported).toContain(on === undefined ? '' : attribute(on, 'ref'));
    }
  });

  it('write only below the policy key of Porthor, for the machine', () => {
    for (const element of [...policies, ...all(admx, 'list')]) {
      expect(attribute(element, 'key')).toMatch(/^SOFTWARE\\Policies\\Porthor(\\[A-Za-z]+){0,2}$/);
    }
    expect(policies.filter((policy) => attribute(policy, 'class') !== 'Machine')).toEqual([]);
  });

  it.each(languages)(
    'define in %s every string and every presentation that they use, and no other',
    (language) => {
      const adml = parseXml(`${templates}/${language}/porthor.adml`);
      const strings = all(adml, 'string').map((string) => attribute(string, 'id'));
      expect(strings.toSorted()).toEqual([...new Set(references('string'))].toSorted());
      for (const string of all(adml, 'string')) expect(string.textContent?.trim()).not.toBe('');
      const presentations = all(adml, 'presentation');
      expect(presentations.map((presentation) => attribute(presentation, 'id')).toSorted()).toEqual(
        references('presentation').toSorted(),
      );
      const expected = { text: 'textBox', decimal: 'decimalTextBox', enum: 'dropdownList', list: 'listBox' };
      for (const policy of policies) {
        const shown = presentations.find(
          (presentation) =>
            attribute(policy, 'presentation') === `$(presentation.${attribute(presentation, 'id')})`,
        );
        for (const [element, control] of Object.entries(expected)) {
          for (const asked of all(policy, element)) {
            if (asked.parentNode?.nodeName !== 'elements') continue;
            const controls = shown === undefined ? [] : all(shown, control);
            expect(controls.map((one) => attribute(one, 'refId'))).toEqual([attribute(asked, 'id')]);
          }
        }
      }
    },
  );

  it('differ in Welsh and English', () => {
    const text = (language: string) =>
      new Map(
        all(parseXml(`${templates}/${language}/porthor.adml`), 'string').map((string) => [
          attribute(string, 'id'),
          string.textContent,
        ]),
      );
    const english = text('en-GB');
    const same = [...text('cy-GB')].filter(([id, welsh]) => english.get(id) === welsh).map(([id]) => id);
    // The product's name, and the values that the registry holds.
    const values = entries.flatMap((entry) =>
      entry.kind === 'choice'
        ? entry.choices.map((choice) => `${policyName(entry)}_${choice.replaceAll('-', '_')}`)
        : [],
    );
    expect(same.toSorted()).toEqual(['Porthor', ...values].toSorted());
  });
});

describe('the source of the installer', () => {
  const sources = ['build/msi/porthor.wxs', 'build/msi/settings.wxs'].map(textOf);

  it('keeps its upgrade code: another code would leave two agents on every PC', () => {
    expect(sources[0]).toContain('UpgradeCode="5C2B1B0E-6C2E-4E4B-8B1F-3B0E6E0C7A11"');
  });

  it('runs no program of Porthor during installation, and nothing that could make it fail', () => {
    for (const action of all(parseXml('build/msi/settings.wxs'), 'CustomAction')) {
      const names = [...Array.from(action.attributes)].map(({ name }) => name);
      expect(names).toEqual(['Id', 'Property', 'Value']);
    }
    const actions = all(parseXml('build/msi/porthor.wxs'), 'CustomAction');
    expect(actions).toHaveLength(9);
    for (const action of actions) {
      expect(attribute(action, 'Return')).toBe('ignore');
      expect(attribute(action, 'Impersonate')).toBe('no');
      expect(attribute(action, 'ExeCommand')).toMatch(/^"\[System64Folder\](schtasks|taskkill)\.exe" /);
    }
  });

  it('registers and removes every task, and its names survive the command line', () => {
    const commands = all(parseXml('build/msi/porthor.wxs'), 'CustomAction').map((action) =>
      attribute(action, 'ExeCommand'),
    );
    for (const [variable, { file }] of [
      ['LogonTask', scheduledTasks.atLogon],
      ['AgainTask', scheduledTasks.again],
    ] as const) {
      const ofTask = commands.filter((command) => command.includes(`"$(var.${variable})"`));
      expect(ofTask.filter((command) => command.includes(' /Delete '))).toHaveLength(2);
      const created = ofTask.filter((command) => command.includes(' /Create '));
      expect(created).toHaveLength(2);
      for (const command of created) expect(command).toContain(`/XML "[ProgramFolder]${file}"`);
    }
  });

  it('ends the watchdogs in the same command as the agents, or they would restart them', () => {
    const ends = all(parseXml('build/msi/porthor.wxs'), 'CustomAction')
      .map((action) => attribute(action, 'ExeCommand'))
      .filter((command) => command.includes('taskkill.exe'));
    expect(ends).toEqual([
      '"[System64Folder]taskkill.exe" /F /IM $(var.Watchdog) /IM porthor-before-desktop.exe /IM Porthor.exe',
    ]);
  });

  it('starts the watchdog from the Run key too, and never an agent beside it', () => {
    const [run] = all(parseXml('build/msi/porthor.wxs'), 'RegistryValue').filter((value) =>
      attribute(value, 'Key').endsWith('\\CurrentVersion\\Run'),
    );
    expect(run === undefined ? '' : attribute(run, 'Value')).toBe(
      '"[ProgramFolder]$(var.Watchdog)" --at-logon',
    );
  });

  it('loses nothing when it is adapted for wixl', () => {
    const { sources: adapted, statements } = adaptForWixl(sources, { AppUserModelId: 'X.Y', AgainTask: 'T' });
    const created = statements.filter((statement) => statement.includes('schtasks.exe" /Create /TN "T" '));
    expect(created).toHaveLength(2);
    expect(adapted.join('')).not.toContain('ExeCommand');
    const conditions = statements.filter((statement) => statement.includes('`Condition`'));
    expect(conditions).toHaveLength(entries.length);
    expect(statements.some((statement) => statement.includes("'System.AppUserModel.ID', 'X.Y'"))).toBe(true);
    const secure = statements.find((statement) => statement.includes('SecureCustomProperties')) ?? '';
    for (const entry of entries)
      expect(secure).toContain(`;${propertyName(entry)};KEPT_${propertyName(entry)}`);
    expect(adapted.join('')).not.toMatch(/Secure=|Transitive=|Schedule=|ShortcutProperty/);
  });

  it('is refused when the installer’s tables cannot hold it', () => {
    const source = sources[1]?.replace('SITENAME OR', "'SITENAME' OR") ?? '';
    expect(() => adaptForWixl([sources[0] ?? '', source], {})).toThrow(/a quote cannot be written/);
    expect(() => adaptForWixl(['<Wix>'], {})).toThrow(/not well-formed/);
    const visible = sources[0]?.replace('Execute="deferred"', 'Execute="immediate"') ?? '';
    expect(() => adaptForWixl([visible], {})).toThrow(/this kind of action is not known/);
  });
});
