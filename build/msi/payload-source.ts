/** Writes the part of the installer's source that lists the files of a packed folder. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { escapeXml } from '../config/escape-xml.ts';
import { guidOf, tableId } from './guid.ts';

interface Place {
  /** The directory of `porthor.wxs` that receives the folder's files. */
  readonly directory: string;
  /** The component group that `porthor.wxs` refers to. */
  readonly group: string;
  readonly folder: string;
  /** The folder's path for the installer's tool. */
  readonly sourceFolder: string;
  /** Target path below the program's folder. The ids derive from it, so that they stay the same. */
  readonly target: string;
}

const listFiles = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .toSorted();
};

const writeDirectories = (files: readonly string[], { directory, target }: Place) => {
  const idOf = (relative: string): string =>
    relative === '.' ? directory : tableId('d', `${target}/${relative}`);
  const folders = new Set<string>();
  for (const file of files) {
    for (let at = path.posix.dirname(file); at !== '.'; at = path.posix.dirname(at)) folders.add(at);
  }
  // Parents come before their children.
  const source = [...folders]
    .toSorted()
    .map(
      (folder) => `
    <DirectoryRef Id="${idOf(path.posix.dirname(folder))}">
      <Directory Id="${idOf(folder)}" Name="${escapeXml(path.posix.basename(folder))}" />
    </DirectoryRef>`,
    )
    .join('');
  return { source, idOf };
};

const writePlace = async (place: Place): Promise<string> => {
  const files = await listFiles(place.folder);
  const { source, idOf } = writeDirectories(files, place);
  const components = files
    .map((file) => {
      const target = `${place.target}/${file}`;
      const from = escapeXml(`${place.sourceFolder}/${file}`);
      const name = escapeXml(path.posix.basename(file));
      return `
    <DirectoryRef Id="${idOf(path.posix.dirname(file))}">
      <Component Id="${tableId('c', target)}" Guid="${guidOf(target)}" Win64="yes">
        <File Id="${tableId('f', target)}" Name="${name}" Source="${from}" KeyPath="yes" />
      </Component>
    </DirectoryRef>`;
    })
    .join('');
  const references = files
    .map((file) => `\n      <ComponentRef Id="${tableId('c', `${place.target}/${file}`)}" />`)
    .join('');
  return `${source}${components}
    <ComponentGroup Id="${place.group}">${references}
    </ComponentGroup>`;
};

/** Rejects when a folder is missing. */
export const writePayloadSource = async (places: readonly Place[]): Promise<string> => {
  const parts = await Promise.all(places.map(writePlace));
  return `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Fragment>${parts.join('\n')}
  </Fragment>
</Wix>
`;
};
