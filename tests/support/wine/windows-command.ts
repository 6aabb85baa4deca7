/** Runs a command line under Wine exactly as it is written, as a technician's tool would. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ensureWindowsNode, toWindowsPath, type Wine } from './wine.ts';

/** Windows starts a program with one line of text, so a list of arguments would depend on the caller's quoting. */
const script = `
const { spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { PORTHOR_PROGRAM: program, PORTHOR_LINE: line, PORTHOR_RESULT: file } = process.env;
const { status, error } = spawnSync(program, [line], { windowsVerbatimArguments: true, stdio: 'ignore' });
writeFileSync(file, JSON.stringify({ status: status ?? -1, error: error?.message ?? '' }));
`;

/**
 * What msiexec of Windows does with the properties of its line. Wine's own msiexec drops doubled quotes on the way, so
 * that texts with quotes are handed to the installer's library itself.
 */
const installScript = `
const { createRequire } = require('node:module');
const { writeFileSync } = require('node:fs');
const { PORTHOR_PROGRAM: file, PORTHOR_LINE: line, PORTHOR_RESULT: result, PORTHOR_MODULES: modules } = process.env;
const koffi = createRequire(modules)('koffi');
const msi = koffi.load('msi.dll');
msi.func('__stdcall', 'MsiSetInternalUI', 'uint32_t', ['uint32_t', 'void *'])(2, null);
const status = msi.func('__stdcall', 'MsiInstallProductW', 'uint32_t', ['str16', 'str16'])(file, line);
writeFileSync(result, JSON.stringify({ status, error: '' }));
`;

const resultSchema = z.object({ status: z.number(), error: z.string() });

/** Now and then Wine does not start a program; only a program that never ran may be started again. */
const attempts = 3;

const runScript = async (
  wine: Wine,
  folder: string,
  source: string,
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<number> => {
  const scriptFile = path.join(folder, 'run-command-line.cjs');
  const resultFile = path.join(folder, 'command-result.json');
  await writeFile(scriptFile, source);
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await writeFile(resultFile, '');
    await wine.run(toWindowsPath(await ensureWindowsNode()), [toWindowsPath(scriptFile)], {
      deadlineMs: 240_000,
      env: { ...env, PORTHOR_RESULT: toWindowsPath(resultFile) },
      ...(cwd === undefined ? {} : { cwd }),
    });
    const { status, error } = resultSchema.parse(JSON.parse(await readFile(resultFile, 'utf8')));
    if (error === '') return status;
    said = error;
  }
  throw new Error(`wine: the command never started: ${said}`);
};

/**
 * Returns the full exit code, because Wine itself passes on only eight bits. `folder` holds the files of this run; the
 * command runs in `cwd`.
 */
export const runCommandLine = (
  wine: Wine,
  folder: string,
  program: string,
  line: string,
  cwd?: string,
): Promise<number> => runScript(wine, folder, script, { PORTHOR_PROGRAM: program, PORTHOR_LINE: line }, cwd);

/** Installs through the installer's library. `bundleFolder` holds koffi for Windows. */
export const installThroughLibrary = (
  wine: Wine,
  folder: string,
  bundleFolder: string,
  msiFile: string,
  properties: string,
): Promise<number> =>
  runScript(wine, folder, installScript, {
    PORTHOR_PROGRAM: toWindowsPath(msiFile),
    PORTHOR_LINE: properties,
    PORTHOR_MODULES: toWindowsPath(path.join(bundleFolder, 'main.js')),
  });
