/** Writes the report of the self-check as text for a terminal, in one language. */
import { createSelfCheckWords, type SelfCheckKey } from '../../../shared/i18n/self-check-words.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type {
  SelfCheckFinding,
  SelfCheckItem,
  SelfCheckItemName,
  SelfCheckOutcome,
  SelfCheckReport,
} from '../../../shared/self-check/report.ts';

const outcomeWords: Readonly<Record<SelfCheckOutcome, SelfCheckKey>> = {
  ok: 'self-check.outcome.ok',
  degraded: 'self-check.outcome.degraded',
  failed: 'self-check.outcome.failed',
  'not-applicable': 'self-check.outcome.notApplicable',
};

const resultWords: Readonly<Record<SelfCheckReport['result'], SelfCheckKey>> = {
  ok: 'self-check.result.ok',
  degraded: 'self-check.result.degraded',
  failed: 'self-check.result.failed',
};

const itemWords: Readonly<Record<SelfCheckItemName, SelfCheckKey>> = {
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

const findingWords: Readonly<Record<SelfCheckFinding, SelfCheckKey>> = {
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

/** What a technician may do; a fault that stands in neither table is one for support. */
const adviceOnFinding: Partial<Readonly<Record<SelfCheckFinding, SelfCheckKey>>> = {
  'configuration-absent': 'self-check.advice.configurationAbsent',
  'configuration-wrong': 'self-check.advice.configurationWrong',
  'configuration-unreadable': 'self-check.advice.configurationUnreadable',
  'display-wayland': 'self-check.advice.display',
  'display-absent': 'self-check.advice.displayAbsent',
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

/** The details stay as the system gave them, in English: they are what a technician searches for. */
export function describeReport(report: SelfCheckReport, language: Language): string {
  const words = createSelfCheckWords(language);
  const labels = report.items.map(({ outcome }) => words(outcomeWords[outcome]));
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const indent = ' '.repeat(width);

  const lines = report.items.flatMap((item, index) => {
    const detail = item.detail === '' ? '' : ` (${item.detail})`;
    const told = `${words(itemWords[item.name])}: ${words(findingWords[item.finding])}${detail}`;
    const advice = adviceOn(item);
    return [
      (labels[index] ?? '').padEnd(width) + told,
      ...(advice === undefined ? [] : [indent + words('self-check.toDo', { advice: words(advice) })]),
    ];
  });
  const volumes = report.volumes.map(({ bus, kind, role, fileSystem, encryption, probe, found }) =>
    [bus, kind, role, fileSystem, encryption, `${probe}: ${found}`].filter((part) => part !== '').join(', '),
  );
  const { electron, chrome, node } = report.runtime;
  return [
    `${words('self-check.title')}, ${report.checkedAt}`,
    [
      `Porthor ${report.agentVersion}`,
      `Electron ${electron}`,
      `Chromium ${chrome}`,
      `Node ${node}`,
      report.os,
    ]
      .filter((part) => part !== '')
      .join(', '),
    '',
    ...lines,
    '',
    ...(volumes.length === 0 ? [] : [words('self-check.volumes'), ...volumes.map((line) => `  ${line}`), '']),
    words(resultWords[report.result]),
    '',
  ].join('\n');
}

function adviceOn({ name, outcome, finding }: SelfCheckItem): SelfCheckKey | undefined {
  const known = adviceOnFinding[finding];
  if (known !== undefined) return known;
  // Only a session that is none of X11 has no idle time.
  if (name === 'idle' && finding === 'unavailable') return 'self-check.advice.display';
  return outcome === 'ok' || outcome === 'not-applicable' ? undefined : 'self-check.advice.send';
}
