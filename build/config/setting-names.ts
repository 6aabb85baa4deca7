/** Names of a key of the managed configuration in files and in the installer. */
import type { ConfigEntry } from '../../shared/config/managed-config.ts';

/** As in `config.json` and in the documents: `idle.lockAfterSeconds`. */
export const dottedName = ({ path }: Pick<ConfigEntry, 'path'>): string => path.join('.');

/** The installer's public property: `IDLELOCKAFTERSECONDS`. Windows Installer passes on only names in capitals. */
export const propertyName = (entry: Pick<ConfigEntry, 'path'>): string => entry.path.join('').toUpperCase();
