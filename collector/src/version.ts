/** The version of this collector. */
import collectorPackage from '../package.json' with { type: 'json' };

export const collectorVersion: string = collectorPackage.version;
