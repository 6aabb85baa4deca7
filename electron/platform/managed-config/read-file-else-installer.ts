/** Chooses between the technician's file and the installer's properties: a file that any user could make blocks nothing. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { readConfigFile } from './config-file.ts';
import type { ManagedConfigAnswer } from './managed-config-port.ts';

export interface ConfigPlaces {
  readonly file: string;
  /** Why what stands under the name of the file cannot be an administrator's; undefined when it is one's. */
  distrust(): string | undefined;
  readInstaller(): ManagedConfigAnswer;
}

export interface ChosenConfig {
  readonly answer: ManagedConfigAnswer;
  /** Why the installer's properties replace the file; empty if they do not. */
  readonly passedOver: string;
}

/**
 * Any user may create folders and files in the file's place, even unreadable ones. If the installer has properties, those
 * count as absent. Otherwise nothing depends on them, and the technician learns that the file needs administrators as
 * owners.
 */
export async function readFileElseInstaller(places: ConfigPlaces): Promise<ChosenConfig> {
  const { file } = places;
  const distrust = async () => ((await isReachedByLink(file)) ? 'a link leads there' : places.distrust());
  let suspicion: string | undefined;
  const answer = await readConfigFile({
    path: file,
    whenMissing: 'absent',
    distrust: async () => {
      suspicion = await distrust();
      return suspicion;
    },
  });
  if (answer.kind === 'absent') return { answer: places.readInstaller(), passedOver: '' };
  if (answer.kind === 'unreadable') suspicion = await distrust();
  if (suspicion === undefined) return { answer, passedOver: '' };
  const told = places.readInstaller();
  return told.kind === 'absent'
    ? { answer, passedOver: '' }
    : { answer: told, passedOver: `${file} is passed over: ${suspicion}` };
}

/** A folder that is a user's link may show an administrator's file that is not for Porthor. */
async function isReachedByLink(file: string): Promise<boolean> {
  const places = await Promise.allSettled([lstat(path.dirname(file)), lstat(file)]);
  return places.some((place) => place.status === 'fulfilled' && place.value.isSymbolicLink());
}
