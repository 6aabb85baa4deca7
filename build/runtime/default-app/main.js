/** Loads the app named on the command line into the verification runtime, as Electron's own default app would. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** Electron's promise to an unpackaged app: the first argument that is not a flag names it. */
const findAppArgument = (argv) => argv.slice(1).find((argument) => !argument.startsWith('-'));

const readManifest = (folder) => {
  const file = path.join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
};

const load = async (target) => {
  const isFolder = statSync(target).isDirectory();
  const manifest = isFolder ? readManifest(target) : {};
  // Before the app's first line runs: it may ask for its own name, version or user data folder there.
  if (typeof manifest.version === 'string') app.setVersion(manifest.version);
  const name = manifest.productName ?? manifest.name;
  if (typeof name === 'string') {
    app.setName(name);
    app.setDesktopName(manifest.desktopName ?? `${name}.desktop`);
  }
  app.setAppPath(isFolder ? target : path.dirname(target));
  const entry = isFolder ? path.join(target, manifest.main ?? 'index.js') : target;
  await import(pathToFileURL(entry).href);
};

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });

const argument = findAppArgument(process.argv);
if (argument === undefined && process.argv.includes('--version')) {
  console.log(`v${process.versions.electron}`);
  app.exit(0);
} else if (argument === undefined) {
  console.error('usage: electron APP-FOLDER-OR-FILE [flags of the app]');
  app.exit(2);
} else {
  try {
    await load(path.resolve(argument));
  } catch (error) {
    console.error(`electron: ${argument}: the app failed to load`);
    console.error(error);
    app.exit(1);
  }
}
