/** When a changed setting takes effect in an agent that is running: one answer for every key. */
import type { ManagedConfig } from './managed-config.ts';

/** Every key as an administrator writes it: `siteName`, `idle.lockAfterSeconds`. */
export type ConfigKey = {
  [Name in keyof ManagedConfig]: ManagedConfig[Name] extends string
    ? Name
    : `${Name}.${keyof ManagedConfig[Name] & string}`;
}[keyof ManagedConfig];

/**
 * `at-once`: within seconds of being noticed. `next-decision`: when the gate next decides, which a shut gate does at
 * once; an open one is not shut by it. `next-start`: at the person's next login.
 */
export type WhenApplied = 'at-once' | 'next-decision' | 'next-start';

/**
 * What waits for the next start is what a running part has been built around (addresses, folders, limits of a store),
 * and what a person at the gate has been told: a countdown or a way out does not change under their hands.
 */
export const whenApplied: Readonly<Record<ConfigKey, WhenApplied>> = {
  siteName: 'at-once',
  collectorUrl: 'next-start',
  enrolmentToken: 'next-start',
  caCertificateFile: 'next-start',
  language: 'next-start',
  'contact.name': 'at-once',
  'contact.phone': 'at-once',
  'contact.email': 'at-once',
  'contact.place': 'at-once',
  stateDirectory: 'next-start',
  'policy.directory': 'next-start',
  'policy.applyNewVersion': 'at-once',
  'audience.default': 'next-decision',
  'audience.rules': 'next-decision',
  'audience.exclude': 'next-decision',
  'gate.enabled': 'next-decision',
  'gate.onDecline': 'next-start',
  'gate.declineCountdownSeconds': 'next-start',
  'gate.openAfterCrashes': 'next-start',
  'gate.breakGlassCodeSha256': 'next-start',
  'idle.enabled': 'at-once',
  'idle.lockAfterSeconds': 'at-once',
  'idle.warningSeconds': 'at-once',
  'idle.whilePresenting': 'at-once',
  'idle.presentingCeilingSeconds': 'at-once',
  'idle.signOutAfterSeconds': 'at-once',
  'media.mode': 'at-once',
  'media.requireEncryption': 'at-once',
  'media.requireApproval': 'at-once',
  'media.approved': 'at-once',
  'media.encryptedModels': 'at-once',
  'media.includePortableDevices': 'at-once',
  'media.includeOptical': 'at-once',
  'media.repeatAfterSeconds': 'at-once',
  'media.hideSerials': 'at-once',
  'reporting.heartbeatSeconds': 'next-start',
  'reporting.maxOutboxMegabytes': 'next-start',
};

const keys = Object.keys(whenApplied) as readonly ConfigKey[];

/** The keys whose values differ, in the order of the table. */
export function changedKeys(before: ManagedConfig, after: ManagedConfig): readonly ConfigKey[] {
  return keys.filter(
    (key) => JSON.stringify(readValue(before, key)) !== JSON.stringify(readValue(after, key)),
  );
}

/**
 * The configuration that a running agent goes on with: what was read, but what waits for the next start as it was.
 * Rules between keys hold in it because they bind keys of one group, and a group so bound is applied as a whole.
 */
export function applyWhileRunning(running: ManagedConfig, read: ManagedConfig): ManagedConfig {
  const applied: Record<string, unknown> = { ...read };
  for (const key of keys) {
    if (whenApplied[key] !== 'next-start') continue;
    const [name, member] = splitKey(key);
    if (member === undefined) applied[name] = running[name];
    else applied[name] = { ...(applied[name] as object), [member]: readValue(running, key) };
  }
  return applied as ManagedConfig;
}

function readValue(config: ManagedConfig, key: ConfigKey): unknown {
  const [name, member] = splitKey(key);
  const value: unknown = config[name];
  return member === undefined ? value : (value as Readonly<Record<string, unknown>>)[member];
}

function splitKey(key: ConfigKey): readonly [keyof ManagedConfig, string | undefined] {
  const [name, member] = key.split('.');
  return [name as keyof ManagedConfig, member];
}
