/** Writes the Group Policy templates (ADMX, and ADML in each language) from the table of the managed configuration. */
import { type ConfigEntry, configEntries } from '../../shared/config/managed-config.ts';
import type { Bilingual, Language } from '../../shared/lib/language.ts';
import { escapeXml } from '../config/escape-xml.ts';
import { dottedName } from '../config/setting-names.ts';

const policyKey = 'SOFTWARE\\Policies\\Porthor';
const schemaNamespace = 'http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions';

/** Names may hold letters, digits and underscores only. */
export const policyName = ({ path }: Pick<ConfigEntry, 'path'>): string => path.join('_');

const groupOf = ({ path }: Pick<ConfigEntry, 'path'>): string | undefined =>
  path.length === 2 ? path[0] : undefined;

/** Titles of the groups in the editor's tree. */
const groupTitles: Readonly<Record<string, Bilingual>> = {
  contact: { 'en-GB': 'Contact', 'cy-GB': 'Cyswllt' },
  policy: { 'en-GB': 'Policies shown', 'cy-GB': 'Polisïau a ddangosir' },
  audience: { 'en-GB': 'Audiences', 'cy-GB': 'Cynulleidfaoedd' },
  gate: { 'en-GB': 'The gate at login', 'cy-GB': 'Y porth wrth fewngofnodi' },
  idle: { 'en-GB': 'Locking an unused PC', 'cy-GB': 'Cloi cyfrifiadur segur' },
  media: { 'en-GB': 'Memory sticks and the like', 'cy-GB': 'Cofbinnau a’u tebyg' },
  reporting: { 'en-GB': 'Reporting', 'cy-GB': 'Adrodd' },
};

const words = {
  templates: {
    'en-GB': 'Settings of the Porthor agent',
    'cy-GB': 'Gosodiadau’r asiant Porthor',
  },
  supported: {
    'en-GB': 'Windows 10 or later with Porthor',
    'cy-GB': 'Windows 10 neu ddiweddarach gyda Porthor',
  },
  preset: { 'en-GB': 'Default', 'cy-GB': 'Rhagosodiad' },
  empty: { 'en-GB': 'empty', 'cy-GB': 'yn wag' },
  on: { 'en-GB': 'on', 'cy-GB': 'ymlaen' },
  off: { 'en-GB': 'off', 'cy-GB': 'i ffwrdd' },
  key: { 'en-GB': 'Key', 'cy-GB': 'Allwedd' },
  from: { 'en-GB': 'From', 'cy-GB': 'O' },
  to: { 'en-GB': 'to', 'cy-GB': 'i' },
  one: { 'en-GB': 'One of', 'cy-GB': 'Un o’r rhain' },
  oneALine: {
    'en-GB': 'One a line; a line that begins with { is JSON.',
    'cy-GB': 'Un ar bob llinell; JSON yw llinell sy’n dechrau gyda {.',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

const groupsOf = (entries: readonly ConfigEntry[]): readonly string[] => [
  ...new Set(entries.map(groupOf).filter((group) => group !== undefined)),
];

const titleOfGroup = (group: string): Bilingual => {
  const title = groupTitles[group];
  if (title === undefined) throw new Error(`gpo: the group ${group} has no title`);
  return title;
};

const keyOf = (entry: ConfigEntry): string => {
  const group = groupOf(entry);
  return group === undefined ? policyKey : `${policyKey}\\${group}`;
};

const nameOf = ({ path }: ConfigEntry): string => path[1] ?? path[0];

const writeElement = (entry: ConfigEntry): string => {
  const id = policyName(entry);
  const value = `id="${id}" valueName="${nameOf(entry)}"`;
  switch (entry.kind) {
    case 'text':
      return `<text ${value} maxLength="${entry.maximumLength}" />`;
    case 'whole-number':
      return `<decimal ${value} minValue="${entry.minimum}" maxValue="${entry.maximum}" />`;
    case 'list':
      return `<list id="${id}" key="${keyOf(entry)}\\${nameOf(entry)}" valuePrefix="" />`;
    case 'choice':
      return `<enum ${value} required="true">${entry.choices
        .map(
          (choice) => `
          <item displayName="$(string.${id}_${choice.replaceAll('-', '_')})">
            <value><string>${escapeXml(choice)}</string></value>
          </item>`,
        )
        .join('')}
        </enum>`;
    case 'switch':
      throw new Error('gpo: a switch is the state of its policy and has no element');
  }
};

const writePolicy = (entry: ConfigEntry): string => {
  const id = policyName(entry);
  const group = groupOf(entry);
  const isSwitch = entry.kind === 'switch';
  const body = isSwitch
    ? `<enabledValue><decimal value="1" /></enabledValue>
      <disabledValue><decimal value="0" /></disabledValue>`
    : `<elements>
        ${writeElement(entry)}
      </elements>`;
  const attributes = [
    `name="${id}"`,
    'class="Machine"',
    `displayName="$(string.${id})"`,
    `explainText="$(string.${id}_Explain)"`,
    ...(isSwitch ? [] : [`presentation="$(presentation.${id})"`]),
    `key="${keyOf(entry)}"`,
    ...(isSwitch ? [`valueName="${nameOf(entry)}"`] : []),
  ];
  return `
    <policy ${attributes.join(' ')}>
      <parentCategory ref="${group === undefined ? 'Porthor' : `Porthor_${group}`}" />
      <supportedOn ref="SUPPORTED_Porthor" />
      ${body}
    </policy>`;
};

/** `porthor.admx`: the settings, in no language. */
export const writeAdmx = (entries: readonly ConfigEntry[] = configEntries()): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="${schemaNamespace}" revision="1.0" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="porthor" namespace="Porthor.Policies.Porthor" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <supportedOn>
    <definitions>
      <definition name="SUPPORTED_Porthor" displayName="$(string.SUPPORTED_Porthor)" />
    </definitions>
  </supportedOn>
  <categories>
    <category name="Porthor" displayName="$(string.Porthor)" />${groupsOf(entries)
      .map(
        (group) => `
    <category name="Porthor_${group}" displayName="$(string.Porthor_${group})">
      <parentCategory ref="Porthor" />
    </category>`,
      )
      .join('')}
  </categories>
  <policies>${entries.map(writePolicy).join('')}
  </policies>
</policyDefinitions>
`;

/** The first sentence without its full stop: it fits on one line of the editor. */
const firstSentence = (text: string): string =>
  (text.match(/^.+?[.:](?=\s|$)/u)?.[0] ?? text).replace(/[.:]$/u, '');

const describePreset = (entry: ConfigEntry, language: Language): string => {
  switch (entry.kind) {
    case 'switch':
      return entry.default ? words.on[language] : words.off[language];
    case 'list':
      return entry.default.length === 0
        ? words.empty[language]
        : entry.default.map((item) => JSON.stringify(item)).join('\n');
    case 'whole-number':
      return String(entry.default);
    case 'text':
    case 'choice':
      return entry.default === '' ? words.empty[language] : entry.default;
  }
};

const explain = (entry: ConfigEntry, language: Language): string => {
  const lines = [entry.text[language], ''];
  if (entry.kind === 'whole-number') {
    lines.push(`${words.from[language]} ${entry.minimum} ${words.to[language]} ${entry.maximum}.`);
  }
  if (entry.kind === 'choice') lines.push(`${words.one[language]}: ${entry.choices.join(', ')}.`);
  if (entry.kind === 'list') lines.push(words.oneALine[language]);
  lines.push(`${words.preset[language]}: ${describePreset(entry, language)}`);
  lines.push(`${words.key[language]}: ${dottedName(entry)}`);
  return lines.join('\n');
};

const writeStrings = (entries: readonly ConfigEntry[], language: Language): string => {
  const strings: [string, string][] = [
    ['Porthor', 'Porthor'],
    ['SUPPORTED_Porthor', words.supported[language]],
    ...groupsOf(entries).map((group): [string, string] => [
      `Porthor_${group}`,
      titleOfGroup(group)[language],
    ]),
  ];
  for (const entry of entries) {
    const id = policyName(entry);
    strings.push([id, `${firstSentence(entry.text[language])} (${dottedName(entry)})`]);
    strings.push([`${id}_Explain`, explain(entry, language)]);
    if (entry.kind === 'choice') {
      for (const choice of entry.choices) strings.push([`${id}_${choice.replaceAll('-', '_')}`, choice]);
    }
  }
  return strings.map(([id, text]) => `\n      <string id="${id}">${escapeXml(text)}</string>`).join('');
};

const writePresentation = (entry: ConfigEntry, language: Language): string => {
  const id = policyName(entry);
  const label = escapeXml(firstSentence(entry.text[language]));
  switch (entry.kind) {
    case 'switch':
      return '';
    case 'text':
      return `\n      <presentation id="${id}"><textBox refId="${id}"><label>${label}</label></textBox></presentation>`;
    case 'whole-number':
      return `\n      <presentation id="${id}"><decimalTextBox refId="${id}" defaultValue="${entry.default}">${label}</decimalTextBox></presentation>`;
    case 'choice': {
      const preset = entry.choices.indexOf(entry.default);
      return `\n      <presentation id="${id}"><dropdownList refId="${id}" noSort="true" defaultItem="${preset}">${label}</dropdownList></presentation>`;
    }
    case 'list':
      return `\n      <presentation id="${id}"><listBox refId="${id}">${label}</listBox></presentation>`;
  }
};

/** `porthor.adml`: the words of one language. */
export const writeAdml = (
  language: Language,
  entries: readonly ConfigEntry[] = configEntries(),
): string => `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="${schemaNamespace}" revision="1.0" schemaVersion="1.0">
  <displayName>Porthor</displayName>
  <description>${escapeXml(words.templates[language])}</description>
  <resources>
    <stringTable>${writeStrings(entries, language)}
    </stringTable>
    <presentationTable>${entries.map((entry) => writePresentation(entry, language)).join('')}
    </presentationTable>
  </resources>
</policyDefinitionResources>
`;
