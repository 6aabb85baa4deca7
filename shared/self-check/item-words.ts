/** The words for what the self-check found: the same in a terminal and in the window. */
import type { SelfCheckKey } from '../i18n/self-check-words.ts';
import type { CheckedVolume, SelfCheckFinding, SelfCheckItem, SelfCheckItemName } from './report.ts';

export const itemWords: Readonly<Record<SelfCheckItemName, SelfCheckKey>> = {
  configuration: 'self-check.item.configuration',
  account: 'self-check.item.account',
  machine: 'self-check.item.machine',
  display: 'self-check.item.display',
  logon: 'self-check.item.logon',
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
  certificate: 'self-check.item.certificate',
  collector: 'self-check.item.collector',
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
  'collector-not-trusted': 'self-check.finding.collectorNotTrusted',
  'collector-odd': 'self-check.finding.collectorOdd',
  'not-known': 'self-check.finding.notKnown',
  'proxy-direct': 'self-check.finding.proxyDirect',
  'proxy-used': 'self-check.finding.proxyUsed',
  'certificate-refused': 'self-check.finding.certificateRefused',
  'certificate-not-used': 'self-check.finding.certificateNotUsed',
  'clock-wrong': 'self-check.finding.clockWrong',
  'anti-virus-absent': 'self-check.finding.antiVirusAbsent',
  'gate-in-time': 'self-check.finding.gateInTime',
  'gate-late': 'self-check.finding.gateLate',
  'logon-not-measured': 'self-check.finding.logonNotMeasured',
};

/** What a technician can do about a finding, whichever item has it. */
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
  'collector-not-trusted': 'self-check.advice.certificateFirst',
  'collector-odd': 'self-check.advice.collector',
  'clock-wrong': 'self-check.advice.clock',
  'gate-late': 'self-check.advice.logon',
};

/** Causes that the adapters name in the detail. The first that matches counts. */
const adviceOnCause: readonly (readonly [cause: RegExp, advice: SelfCheckKey])[] = [
  [/\budisks is not installed\b/u, 'self-check.advice.udisks'],
  [/\bis not installed\b/u, 'self-check.advice.install'],
  [/\bno (?:system bus|login manager)\b/u, 'self-check.advice.bus'],
  [/\blogin session\b/u, 'self-check.advice.session'],
  [/\bno USB bus\b/u, 'self-check.advice.usbBus'],
  [/\bWindows cannot be called\b/u, 'self-check.advice.libraries'],
  [/\bno machine id\b/u, 'self-check.advice.machineId'],
  // A file that cannot be used explains an unknown authority, so it comes first.
  [/\bca-certificate-unusable\b/u, 'self-check.advice.certificateFile'],
  [/\bERR_CERT_DATE_INVALID\b/u, 'self-check.advice.certificateDate'],
  [/\bERR_CERT_COMMON_NAME_INVALID\b/u, 'self-check.advice.certificateName'],
  [/\bERR_SSL_PROTOCOL_ERROR\b/u, 'self-check.advice.https'],
  [/\bgave no answer within\b|^no answer within\b/u, 'self-check.advice.again'],
];

/** Where neither the finding nor a known cause says more. Every item has one, so no fault is left without advice. */
const adviceOnItem: Readonly<Record<SelfCheckItemName, SelfCheckKey>> = {
  configuration: 'self-check.advice.configurationUnreadable',
  account: 'self-check.advice.account',
  machine: 'self-check.advice.machine',
  display: 'self-check.advice.display',
  logon: 'self-check.advice.logon',
  session: 'self-check.advice.session',
  lock: 'self-check.advice.lock',
  // Only a session that is not X11 has no idle time.
  idle: 'self-check.advice.display',
  'system-limit': 'self-check.advice.systemLimit',
  presence: 'self-check.advice.presence',
  usb: 'self-check.advice.again',
  volumes: 'self-check.advice.again',
  eject: 'self-check.advice.eject',
  'anti-virus': 'self-check.advice.antiVirus',
  notifications: 'self-check.advice.notifications',
  'secret-store': 'self-check.advice.secretStore',
  records: 'self-check.advice.folder',
  proxy: 'self-check.advice.proxy',
  certificate: 'self-check.advice.certificate',
  collector: 'self-check.advice.collector',
  clock: 'self-check.advice.clock',
};

/** The one thing that a technician can do. Undefined where there is nothing to do. */
export function adviceOn({ name, outcome, finding, detail }: SelfCheckItem): SelfCheckKey | undefined {
  const known = adviceOnFinding[finding];
  if (known !== undefined) return known;
  if (outcome !== 'degraded' && outcome !== 'failed') return undefined;
  return adviceOnCause.find(([cause]) => cause.test(detail))?.[1] ?? adviceOnItem[name];
}

/** A volume in one line, in the words of the report. */
export function describeVolume(volume: CheckedVolume): string {
  const { bus, kind, role, fileSystem, encryption, probe, found } = volume;
  const evidence = found === '' ? probe : `${probe}: ${found}`;
  return [bus, kind, role, fileSystem, encryption, evidence].filter((part) => part !== '').join(', ');
}
