/**
 * An app for the agent's own runtime: loads the files that `files.json` beside it names, as the agent does, writes V8's code
 * beside each file that was loaded, and ends. As a plain Node the runtime has other flags, and its code would be refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';
import { cacheOf, createCachedLoader } from '../../electron/app/code-cache.ts';

try {
  const files = JSON.parse(readFileSync(path.join(app.getAppPath(), 'files.json'), 'utf8')) as string[];
  const loader = createCachedLoader();
  for (const file of files) loader.load(file);
  for (const [file, { script }] of loader.loaded()) writeFileSync(cacheOf(file), script.createCachedData());
  app.exit(0);
} catch (error) {
  console.error(error);
  app.exit(1);
}
