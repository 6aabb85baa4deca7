/** The version since which a policy has changed in substance, as far as the packs at hand show. */
import { compareVersions } from './compare-versions.ts';
import type { PolicyPack } from './pack.ts';

/**
 * The newest version up to this one whose change was material; undefined where none is known. The pack may name it
 * itself. Where its author forgot to, the older versions in `known` show it, because the person may have skipped any of
 * them.
 */
export function materialSince({ manifest }: PolicyPack, known: readonly PolicyPack[]): string | undefined {
  const { id, version } = manifest;
  const told = manifest.material ? version : manifest.materialSince;
  return known
    .map((pack) => pack.manifest)
    .filter((other) => other.id === id && other.material && compareVersions(other.version, version) <= 0)
    .reduce<string | undefined>(
      (newest, other) =>
        newest === undefined || compareVersions(other.version, newest) > 0 ? other.version : newest,
      told,
    );
}
