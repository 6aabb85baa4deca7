/** Ids for the installer that stay the same from build to build, because Windows counts references by them. */
import { v5 } from 'uuid';

const namespace = '7d0a3c0e-52a5-4f0b-9a53-0f3a6b0f7f2d';

/** The same name always gives the same id. For Windows Installer a new name means a new component. */
export const guidOf = (name: string): string => v5(name, namespace).toUpperCase();

/** An identifier for the tables, from a path with any characters. */
export const tableId = (prefix: string, name: string): string =>
  `${prefix}_${guidOf(name).replaceAll('-', '').slice(0, 20)}`;
