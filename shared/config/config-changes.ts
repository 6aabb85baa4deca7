/** Compares two configurations, and applies of a new one what a running agent may take. */
import type { WhenApplied } from './config-kinds.ts';
import { configEntries, type ManagedConfig } from './managed-config.ts';

/** Every key as an administrator writes it: `siteName`, `idle.lockAfterSeconds`. */
export type ConfigKey = {
  [Name in keyof ManagedConfig]: ManagedConfig[Name] extends string
    ? Name
    : `${Name}.${keyof ManagedConfig[Name] & string}`;
}[keyof ManagedConfig];

export interface ConfigChange {
  readonly key: ConfigKey;
  readonly applies: WhenApplied;
}

/** The settings whose values differ, in the order of the table. */
export function findChanges(before: ManagedConfig, after: ManagedConfig): readonly ConfigChange[] {
  return configEntries()
    .filter(({ path }) => JSON.stringify(readValue(before, path)) !== JSON.stringify(readValue(after, path)))
    .map(({ path, applies }) => ({ key: path.join('.') as ConfigKey, applies }));
}

/**
 * The configuration that a running agent continues with: the new one, where settings for the next login keep their old
 * value. Rules between keys still hold, because they bind keys of one group that all apply in the same way.
 */
export function applyWhileRunning(running: ManagedConfig, read: ManagedConfig): ManagedConfig {
  const applied: Record<string, unknown> = { ...read };
  for (const { path, applies } of configEntries()) {
    if (applies !== 'next-login') continue;
    const [name, member] = path;
    const value = readValue(running, path);
    applied[name] = member === undefined ? value : { ...(applied[name] as object), [member]: value };
  }
  return applied as ManagedConfig;
}

function readValue(config: ManagedConfig, path: readonly string[]): unknown {
  let value: unknown = config;
  for (const name of path) value = (value as Readonly<Record<string, unknown>>)[name];
  return value;
}
