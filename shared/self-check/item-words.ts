/** The words for what the self-check found: the same in a terminal and in the window. */
import type { SelfCheckKey } from '../i18n/self-check-words.ts';
import type { CheckedVolume, SelfCheckFinding, SelfCheckItem, SelfCheckItemName } from './report.ts';

export const itemWords: Readonly<Record<SelfCheckItemName, SelfCheckKey>> = {
  configuration: 'self-check.item.configuration',
  account: 'self-check.item.account',
  machine: 'self-check.item.machine',
  display: 'self-check.item.display',
  session: 'self-check.item.session',
  lock: 'self-check.item.lock',
  idle: 'self-check.item.idle',
  'system-limit': 'self-check.item.systemLimit',
  presence: 'self-check.item.presence',
  usb: 'self-check.item.usb',
  volumes: 'self-check.item.volumes',
  eject: 'self-check.item.eject',
  'anti-virus': 'self-check.item.antiVirus',
  notifications: 'self-check.item.notifications',
  'secret-store': 'self-check.item.secretStore',
  records: 'self-check.item.records',
  proxy: 'self-check.item.proxy',
  collector: 'self-check.item.collector',
  certificate: 'self-check.item.certificate',
  clock: 'self-check.item.clock',
};

export const findingWords: Readonly<Record<SelfCheckFinding, SelfCheckKey>> = {
  works: 'self-check.finding.works',
  partly: 'self-check.finding.partly',
  unavailable: 'self-check.finding.unavailable',
  'no-answer': 'self-check.finding.noAnswer',
  'switched-off': 'self-check.finding.switchedOff',
  'configuration-absent': 'self-check.finding.configurationAbsent',
  'configuration-wrong': 'self-check.finding.configurationWrong',
  'configuration-unreadable': 'self-check.finding.configurationUnreadable',
  'display-wayland': 'self-check.finding.displayWayland',
  'display-absent': 'self-check.finding.displayAbsent',
  'needs-display': 'self-check.finding.needsDisplay',
  'limit-set': 'self-check.finding.limitSet',
  'limit-not-set': 'self-check.finding.limitNotSet',
  'lock-not-tried': 'self-check.finding.lockNotTried',
  'lock-not-confirmed': 'self-check.finding.lockNotConfirmed',
  'lock-refused': 'self-check.finding.lockRefused',
  'secrets-weak': 'self-check.finding.secretsWeak',
  'folder-not-writable': 'self-check.finding.folderNotWritable',
  'disk-full': 'self-check.finding.diskFull',
  'collector-not-set': 'self-check.finding.collectorNotSet',
  'collector-not-reached': 'self-check.finding.collectorNotReached',
  'collector-odd': 'self-check.finding.collectorOdd',
  'not-known': 'self-check.finding.notKnown',
  'proxy-direct': 'self-check.finding.proxyDirect',
  'proxy-used': 'self-check.finding.proxyUsed',
  'certificate-refused': 'self-check.finding.certificateRefused',
  'certificate-not-used': 'self-check.finding.certificateNotUsed',
  'clock-wrong': 'self-check.finding.clockWrong',
};

/** What a technician may do. A fault without advice here is one for support. */
const adviceOnFinding: Partial<Readonly<Record<SelfCheckFinding, SelfCheckKey>>> = {
  'configuration-absent': 'self-check.advice.configurationAbsent',
  'configuration-wrong': 'self-check.advice.configurationWrong',
  'configuration-unreadable': 'self-check.advice.configurationUnreadable',
  'display-wayland': 'self-check.advice.display',
  'display-absent': 'self-check.advice.displayAbsent',
  'needs-display': 'self-check.advice.displayAbsent',
  'lock-not-tried': 'self-check.advice.lockNotTried',
  'lock-not-confirmed': 'self-check.advice.lock',
  'lock-refused': 'self-check.advice.lock',
  'secrets-weak': 'self-check.advice.keyring',
  'folder-not-writable': 'self-check.advice.folder',
  'disk-full': 'self-check.advice.disk',
  'collector-not-reached': 'self-check.advice.collector',
  'collector-odd': 'self-check.advice.collector',
  'certificate-refused': 'self-check.advice.certificate',
  'clock-wrong': 'self-check.advice.clock',
};

/** Undefined where there is nothing to do. */
export function adviceOn({ name, outcome, finding }: SelfCheckItem): SelfCheckKey | undefined {
  const known = adviceOnFinding[finding];
  if (known !== undefined) return known;
  // Only a session that is not X11 has no idle time.
  if (name === 'idle' && finding === 'unavailable') return 'self-check.advice.display';
  if (name === 'certificate' && finding === 'partly') return 'self-check.advice.certificate';
  return outcome === 'degraded' || outcome === 'failed' ? 'self-check.advice.send' : undefined;
}

/** A volume in one line, in the words of the report. */
export function describeVolume(volume: CheckedVolume): string {
  const { bus, kind, role, fileSystem, encryption, probe, found } = volume;
  const evidence = found === '' ? probe : `${probe}: ${found}`;
  return [bus, kind, role, fileSystem, encryption, evidence].filter((part) => part !== '').join(', ');
}
