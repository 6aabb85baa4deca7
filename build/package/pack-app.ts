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

/** The platform, the processor, and where electron-builder puts the packed program. */
const kinds = {
  linux: { platform: Platform.LINUX, arch: Arch.x64, folder: 'linux-unpacked' },
  win32: { platform: Platform.WINDOWS, arch: Arch.x64, folder: 'win-unpacked' },
  'win32-arm64': { platform: Platform.WINDOWS, arch: Arch.arm64, folder: 'win-arm64-unpacked' },
} as const satisfies Readonly<Record<Target, object>>;

/** The folder that holds the packed program. */
export const packedFolder = (target: Target, outputFolder: string): string =>
  path.join(outputFolder, kinds[target].folder);

/** Rejects with a SetupError if Electron cannot be downloaded. */
export const packApp = async (options: PackOptions): Promise<void> => {
  const { platform, arch } = kinds[options.target];
  try {
    await build({
      projectDir: projectRoot,
      targets: platform.createTarget('dir', arch),
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
