/**
 * Ends a command on a Node that would run it wrongly, as soon as it is imported. Where Node does not know
 * `import.meta.main`, every command would find that it is not the one to run and end with 0, having done nothing.
 */

/** `import.meta.main` came with 24.2 and was carried back to 22.18, not to 23; package.json asks for the same. */
export const neededNode = '>=22.18 <23 || >=24.2';

/** @param version as in `process.versions.node` */
export function isNodeGoodEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 22) return minor >= 18;
  return major === 24 ? minor >= 2 : major > 24;
}

if (!isNodeGoodEnough(process.versions.node)) {
  console.error(
    `This is Node ${process.versions.node}; the commands of this project need Node ${neededNode}.\n` +
      'Run "npm ci" again with install scripts allowed, which brings the right one, or install it and run the same command again.',
  );
  process.exit(1);
}
