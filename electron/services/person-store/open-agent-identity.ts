/** Opens the agent's identity, and decides when a key that the system refuses to return is replaced. */
import type { Result } from '../../../shared/lib/result.ts';
import {
  type Identity,
  type IdentityOptions,
  type IdentityProblem,
  openIdentity,
} from '../../storage/identity/identity.ts';
import type { openSettings } from '../../storage/settings/settings.ts';

/** How long the agent waits for a refused key before it carries on as a new agent. */
const waitForKeyMs = 24 * 60 * 60_000;

/**
 * Opens the identity. A password reset destroys the key for good, and without a key the agent can send nothing. One
 * refusal may be temporary, so the agent replaces the key only after refusals for a day, over at least two starts.
 */
export async function openAgentIdentity(
  settings: Awaited<ReturnType<typeof openSettings>>,
  options: IdentityOptions,
): Promise<Result<Identity, IdentityProblem>> {
  const since = settings.ok ? settings.value.current().identityLockedSince : undefined;
  const lockedForMs = since === undefined ? 0 : options.nowUtc().getTime() - Date.parse(since);
  const identity = await openIdentity({ ...options, replaceLocked: lockedForMs >= waitForKeyMs });
  if (!settings.ok) return identity;
  const isRefused = !identity.ok && identity.error.kind === 'locked' && identity.error.refused;
  // A start time in the future means that the clock was set back: restart the wait, or it could last for years.
  if (isRefused && (since === undefined || lockedForMs < 0)) {
    const identityLockedSince = options.nowUtc().toISOString();
    await settings.value.update((current) => ({ ...current, identityLockedSince }));
  } else if (!isRefused && since !== undefined) {
    await settings.value.update(({ identityLockedSince: _since, ...current }) => current);
  }
  return identity;
}
