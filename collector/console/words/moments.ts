/** Dates and times of the console: the same as in the files that the collector makes. */
// biome-ignore lint/performance/noBarrelFile: the pages take all their words from this folder
export { showMoment } from '../../../shared/i18n/show-moment.ts';
