/** What a key of the managed configuration is called where an administrator meets it. */
import type { ConfigEntry } from '../../shared/config/managed-config.ts';

/** As in a file and in this project's texts: `idle.lockAfterSeconds`. */
export const dottedName = ({ path }: Pick<ConfigEntry, 'path'>): string => path.join('.');

/** The installer's public property: `IDLELOCKAFTERSECONDS`. Windows Installer passes only capitals on. */
export const propertyName = (entry: Pick<ConfigEntry, 'path'>): string => entry.path.join('').toUpperCase();
