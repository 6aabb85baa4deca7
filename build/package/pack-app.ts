/** Packs the agent with electron-builder, as electron-builder.yml says. */
import path from 'node:path';
import { Arch, build, Platform } from 'electron-builder';
import { projectRoot } from '../runtime/paths.ts';
import { SetupError } from '../runtime/setup-error.ts';
import type { Target } from './stage-app.ts';

export interface PackOptions {
  readonly target: Target;
  /** The folder that `stageApp` filled. */
  readonly stageFolder: string;
  readonly outputFolder: string;
  readonly electronVersion: string;
  /** An unpacked Electron for the target system. Without it, electron-builder downloads one. */
  readonly electronFolder?: string;
}

const platforms: Readonly<Record<Target, Platform>> = { linux: Platform.LINUX, win32: Platform.WINDOWS };

/** The folder that holds the packed program. */
export const packedFolder = (target: Target, outputFolder: string): string =>
  path.join(outputFolder, target === 'linux' ? 'linux-unpacked' : 'win-unpacked');

/** Rejects with a SetupError if Electron cannot be downloaded. */
export const packApp = async (options: PackOptions): Promise<void> => {
  try {
    await build({
      projectDir: projectRoot,
      targets: platforms[options.target].createTarget('dir', Arch.x64),
      publish: 'never',
      config: {
        directories: { app: options.stageFolder, output: options.outputFolder },
        electronVersion: options.electronVersion,
        ...(options.electronFolder === undefined ? {} : { electronDist: options.electronFolder }),
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (
      /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|fetch failed|cannot download/iu.test(reason)
    ) {
      throw new SetupError(
        `The package for ${options.target} was not made: Electron or a tool of electron-builder could not be downloaded.`,
        'Run this where Electron’s download site is reachable, or put the missing files into the download caches.',
      );
    }
    throw error;
  }
};
