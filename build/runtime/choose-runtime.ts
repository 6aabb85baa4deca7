/** Chooses the Electron: the one that the developer named, else the official one, else the verification runtime. */
import type { RuntimeSearch } from './official.ts';
import { SetupError } from './setup-error.ts';

type RuntimeKind = 'override' | 'official' | 'verification';

export interface ChosenRuntime {
  readonly kind: RuntimeKind;
  readonly executablePath: string;
  readonly electronVersion: string;
  /** Why this one, as the end of a sentence. */
  readonly reason: string;
}

export interface RuntimeSources {
  /** The folder a person named, or undefined where none was. */
  readonly overrideFolder: string | undefined;
  findOverride(folder: string): Promise<RuntimeSearch>;
  findOfficial(): Promise<RuntimeSearch>;
  downloadOfficial(): Promise<RuntimeSearch>;
  findVerification(): Promise<RuntimeSearch>;
  buildVerification(): Promise<RuntimeSearch>;
  /** Try the official download again although a verification runtime is there. */
  readonly retryOfficial: boolean;
}

/** Throws SetupError when there is none. A named folder without an Electron is an error; it is never ignored. */
export const chooseRuntime = async (sources: RuntimeSources): Promise<ChosenRuntime> => {
  const { overrideFolder } = sources;
  if (overrideFolder !== undefined) {
    const named = await sources.findOverride(overrideFolder);
    if (!named.found) {
      throw new SetupError(
        `ELECTRON_OVERRIDE_DIST_PATH names a folder that cannot be used: ${named.reason}.`,
        'Name the folder that holds the electron program, or unset the variable.',
      );
    }
    return taken('override', named, 'ELECTRON_OVERRIDE_DIST_PATH names it');
  }

  const installed = await sources.findOfficial();
  if (installed.found) return taken('official', installed, 'it is installed');

  if (!sources.retryOfficial) {
    const unpacked = await sources.findVerification();
    if (unpacked.found) {
      return taken('verification', unpacked, `${installed.reason} and this one was unpacked earlier`);
    }
  }

  const downloaded = await sources.downloadOfficial();
  if (downloaded.found) return taken('official', downloaded, 'it was downloaded now');

  const unpacked = await sources.findVerification();
  const verification = unpacked.found ? unpacked : await sources.buildVerification();
  if (verification.found) return taken('verification', verification, downloaded.reason);
  throw new SetupError(
    `There is no Electron to run: ${downloaded.reason}, and ${verification.reason}.`,
    'Check the network, or unpack an Electron yourself and name its folder in ELECTRON_OVERRIDE_DIST_PATH.',
  );
};

const taken = (
  kind: RuntimeKind,
  { executablePath, electronVersion }: RuntimeSearch & { found: true },
  reason: string,
): ChosenRuntime => ({ kind, executablePath, electronVersion, reason });
