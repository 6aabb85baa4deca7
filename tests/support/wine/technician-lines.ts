/** Reads the command lines for technicians from the documents, so that the tests run exactly what they say. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { propertyName } from '../../../build/config/setting-names.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';
import { configEntries } from '../../../shared/config/managed-config.ts';

interface TechnicianLine {
  readonly text: string;
  /** The version that must be installed before; undefined for a PC without one. */
  readonly needsInstalled: '0.1.0' | undefined;
  /** The version that is installed afterwards; undefined for none. */
  readonly leaves: '0.1.0' | '0.2.0' | undefined;
  readonly keepsSettings: boolean;
  /** What the line sets, by property. */
  readonly settings: ReadonlyMap<string, string>;
}

const files = ['README.md', 'docs/installing.md'];

const readTexts = (): Promise<readonly string[]> =>
  Promise.all(files.map((file) => readFile(path.join(projectRoot, file), 'utf8')));

/** Properties of Windows Installer and of Porthor's installer that are not settings. */
const otherProperties = ['REINSTALL', 'REINSTALLMODE', 'FORGETSETTINGS'];

const understand = (text: string): TechnicianLine => {
  const match = /^msiexec \/([ix]) "?porthor-(0\.[12]\.0)\.msi"? \/qn \/norestart(.*)$/u.exec(text);
  const [, action, version, rest = ''] = match ?? [];
  if (version !== '0.1.0' && version !== '0.2.0') throw new Error(`not understood: ${text}`);
  const given = [...rest.matchAll(/ ([A-Z0-9]+)=("[^"]*"|\S*)/gu)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('"', '')] as const,
  );
  const known = configEntries().map(propertyName);
  for (const [name] of given) {
    if (!known.includes(name) && !otherProperties.includes(name))
      throw new Error(`no such property: ${name}`);
  }
  const isUpgrade = version === '0.2.0';
  const isRemoval = action === 'x';
  const isRepair = given.some(([name]) => name === 'REINSTALL');
  return {
    text,
    needsInstalled: isUpgrade || isRemoval || isRepair ? '0.1.0' : undefined,
    leaves: isRemoval ? undefined : version,
    keepsSettings: (isUpgrade || isRepair) && !given.some(([name]) => name === 'FORGETSETTINGS'),
    settings: new Map(given.filter(([name]) => known.includes(name))),
  };
};

/**
 * The lines that install, mend or remove the agent. Throws for a line that installs a file unknown to the tests, that sets
 * an unknown property, or that lets Windows restart a PC: a silent installation does so without a question (Microsoft, *Standard Installer Command-Line Options*).
 */
export const readTechnicianLines = async (): Promise<readonly TechnicianLine[]> => {
  const lines = (await readTexts()).flatMap((text) =>
    [...text.matchAll(/msiexec \/[^`\n]+/gu)].map(([line]) => line.trim()),
  );
  if (lines.length < 8) throw new Error('the documents have lost their lines for technicians');
  // The collector has an installer of its own.
  return [...new Set(lines)].filter((line) => !line.includes('porthor-collector-')).map(understand);
};

/** Properties that hold a list, as the documents write them. */
export const readQuotedLists = async (): Promise<readonly string[]> =>
  (await readTexts()).flatMap((text) =>
    [...text.matchAll(/`([A-Z]+="\[""[^`]*")`/gu)].map(([, list = '']) => list),
  );
