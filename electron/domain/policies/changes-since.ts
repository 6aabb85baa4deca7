/** What has changed in a policy since a person last accepted it, including versions that they have skipped. */
import type { Bilingual } from '../../../shared/lib/language.ts';
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';

export type VersionChanges = { readonly version: string; readonly text: Bilingual };

/**
 * Newest first, from `known`, which may hold older versions of the policy. Each version describes the changes since the
 * one before it, so the skipped versions count too. A version that is no longer at hand cannot contribute.
 *
 * @param since the version last accepted; the result is empty when that is this version or a newer one.
 */
export function changesSince(
  pack: PolicyPack,
  known: readonly PolicyPack[],
  since: string | undefined,
): readonly VersionChanges[] {
  if (since === undefined) return [];
  const { id, version } = pack.manifest;
  const between = [pack, ...known].filter(
    ({ manifest }) =>
      manifest.id === id &&
      compareVersions(manifest.version, since) > 0 &&
      compareVersions(manifest.version, version) <= 0,
  );
  const seen = new Set<string>();
  return between
    .toSorted((left, right) => compareVersions(right.manifest.version, left.manifest.version))
    .flatMap(({ manifest }) => {
      if (manifest.changes === undefined || seen.has(manifest.version)) return [];
      seen.add(manifest.version);
      return [{ version: manifest.version, text: manifest.changes }];
    });
}
