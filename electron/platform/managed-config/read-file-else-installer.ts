/** Decides between the technician's file and what the installer was told: a file that anybody may have made holds nothing back. */
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
  /** Why the file was passed over for what the installer was told; empty when it was not. */
  readonly passedOver: string;
}

/**
 * Anybody may make folders and files in the file's place, also such as cannot be read. Those count as not there where
 * the installer was told something. Where it was not, nothing hangs on it, and the technician who forgot to make the file
 * the administrators' hears of it.
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

/** A folder that is a link of somebody's may show an administrator's file that was never meant for Porthor. */
async function isReachedByLink(file: string): Promise<boolean> {
  const places = await Promise.allSettled([lstat(path.dirname(file)), lstat(file)]);
  return places.some((place) => place.status === 'fulfilled' && place.value.isSymbolicLink());
}
