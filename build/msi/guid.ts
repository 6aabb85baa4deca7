/** Ids for the installer that stay the same from build to build, because Windows counts references by them. */
import { v5 } from 'uuid';

const namespace = '7d0a3c0e-52a5-4f0b-9a53-0f3a6b0f7f2d';

/** The same name gives the same id, for ever: a renamed thing is another thing to Windows Installer. */
export const guidOf = (name: string): string => v5(name, namespace).toUpperCase();

/** An identifier for the tables, made of a path that may hold any character. */
export const tableId = (prefix: string, name: string): string =>
  `${prefix}_${guidOf(name).replaceAll('-', '').slice(0, 20)}`;
