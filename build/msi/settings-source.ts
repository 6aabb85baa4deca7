/** Writes `settings.wxs`: the installer's public properties, one for each key of the managed configuration. */
import { type ConfigEntry, configEntries } from '../../shared/config/managed-config.ts';
import { escapeXml } from '../config/escape-xml.ts';
import { dottedName, propertyName } from '../config/setting-names.ts';
import { guidOf } from './guid.ts';

const settingsKey = 'SOFTWARE\\Porthor\\Setup';

/** Sequence numbers of AppSearch (50) and LaunchConditions (100). The installer takes the values between them. */
const behindAppSearch = 51;
const launchConditionsAt = 100;

/** Checks that the installer makes before it changes anything. The agent checks the rest and names the key. */
const checkOf = (
  entry: ConfigEntry,
): { readonly condition: string; readonly message: string } | undefined => {
  const property = propertyName(entry);
  switch (entry.kind) {
    case 'whole-number':
      return {
        condition: `NOT ${property} OR (${property} >= ${entry.minimum} AND ${property} <= ${entry.maximum})`,
        message: `${property} must be a whole number from ${entry.minimum} to ${entry.maximum}.`,
      };
    case 'switch':
      return {
        condition: `NOT ${property} OR ${property} = "1" OR ${property} = "0"`,
        message: `${property} must be 1 or 0.`,
      };
    case 'choice':
      return {
        condition: `NOT ${property} OR ${entry.choices.map((choice) => `${property} = "${choice}"`).join(' OR ')}`,
        message: `${property} must be one of: ${entry.choices.join(', ')}.`,
      };
    case 'text':
    case 'list':
      return undefined;
  }
};

/** Properties whose values the installer's log must not show. */
const secrets: readonly string[] = ['enrolmentToken', 'gate.breakGlassCodeSha256'];

/**
 * Keeps each value in its own property after an `=`, so that it stays text whatever its first character is. An upgrade or a
 * repair reads the kept value; a value on the command line replaces it; FORGETSETTINGS=1 drops the kept values.
 */
const writeSetting = (entry: ConfigEntry, index: number): string => {
  const name = dottedName(entry);
  const property = propertyName(entry);
  const check = checkOf(entry);
  const hidden = secrets.includes(name) ? ' Hidden="yes"' : '';
  const launch =
    check === undefined
      ? ''
      : `    <Condition Message="${escapeXml(check.message)}">${escapeXml(check.condition)}</Condition>\n`;
  const sequence = behindAppSearch + index;
  if (sequence >= launchConditionsAt) throw new Error('msi: more settings than there are numbers for');
  return `
    <!-- ${name} -->
    <Property Id="${property}" Secure="yes"${hidden} />
    <Property Id="KEPT_${property}" Secure="yes"${hidden}>
      <RegistrySearch Id="Find_${property}" Root="HKLM" Key="${settingsKey}" Name="${name}" Type="raw" Win64="yes" />
    </Property>
    <CustomAction Id="Take_${property}" Property="KEPT_${property}" Value="=[${property}]" />
${launch}    <InstallExecuteSequence>
      <Custom Action="Take_${property}" Sequence="${sequence}">${property}</Custom>
    </InstallExecuteSequence>`;
};

const writeComponent = (entry: ConfigEntry): string => {
  const name = dottedName(entry);
  const property = propertyName(entry);
  return `
      <Component Id="Setting_${property}" Guid="${guidOf(`setting ${name}`)}" Win64="yes" Transitive="yes">
        <Condition>${property} OR (KEPT_${property} AND NOT FORGETSETTINGS)</Condition>
        <RegistryValue Root="HKLM" Key="${settingsKey}" Name="${name}" Type="string" Value="[KEPT_${property}]" KeyPath="yes" />
      </Component>`;
};

/** The content of `settings.wxs`. */
export const writeSettingsSource = (entries: readonly ConfigEntry[] = configEntries()): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<!-- Written from the table of the managed configuration by \`npm run generate\`. Change the table, not this file. -->
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Fragment>
    <Property Id="FORGETSETTINGS" Secure="yes" />${entries.map(writeSetting).join('\n')}

    <ComponentGroup Id="Settings" Directory="ProgramFolder">${entries.map(writeComponent).join('')}
    </ComponentGroup>
  </Fragment>
</Wix>
`;
