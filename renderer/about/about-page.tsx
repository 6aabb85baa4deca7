/** About Porthor: the current status, this computer's identity, and what works on it. */

import { formatMoment, formatTimeOfDay } from '../../shared/i18n/format-date.ts';
import { createSelfCheckWords } from '../../shared/i18n/self-check-words.ts';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { Translator } from '../../shared/i18n/translator.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { AboutContract, IdleStatus, Status } from '../../shared/ipc/information.ts';
import { itemWords } from '../../shared/self-check/item-words.ts';
import type { SelfCheckItemName } from '../../shared/self-check/report.ts';
import type { Capability, GateOpening } from '../../shared/wire/events.ts';
import { useWindowState } from '../bridge/window-state.ts';
import type { SmallPageProps } from '../components/small-page.ts';
import { SmallWindow } from '../components/small-window.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';

type State = StateOf<AboutContract>;

const openings: Readonly<Record<GateOpening, PlainKey>> = {
  receipt: 'about.gate.receipt',
  'known-to-collector': 'about.gate.knownToCollector',
  'break-glass': 'about.gate.breakGlass',
  'crash-limit': 'about.gate.crashLimit',
  excluded: 'about.gate.excluded',
  'gate-disabled': 'about.gate.off',
  'no-policy': 'about.gate.noPolicy',
  demonstration: 'about.gate.demonstration',
};

const collectors: Readonly<Record<Status['collector'], PlainKey>> = {
  'not-configured': 'about.collector.notConfigured',
  reached: 'about.collector.reached',
  'not-reached': 'about.collector.notReached',
  'not-enrolled': 'about.collector.notEnrolled',
};

const levels: Readonly<Record<Capability['level'], PlainKey>> = {
  full: 'about.level.full',
  degraded: 'about.level.degraded',
  none: 'about.level.none',
};

function gateWords({ gate, gateOpenedHow }: Status): PlainKey {
  if (gate === 'waiting-for-person') return 'about.gate.waiting';
  if (gate === 'off') return 'about.gate.off';
  return Object.entries(openings).find(([how]) => how === gateOpenedHow)?.[1] ?? 'about.gate.open';
}

const heldWords = {
  presentation: 'about.lock.presentation',
  'full-screen': 'about.lock.fullScreen',
  'display-required': 'about.lock.displayRequired',
} as const;

function lockWords(idle: IdleStatus, { text, counted }: Pick<Translator, 'text' | 'counted'>): string {
  if (idle.state === 'off') return text('about.lock.off');
  if (idle.state === 'cannot-lock') return text('about.lock.cannotLock');
  if (idle.state === 'cannot-tell') return text('about.lock.cannotTell');
  const limit = counted('about.lock.after', Math.round(idle.lockAfterSeconds / 60));
  const sentences = [limit];
  if (idle.limitedBy === 'system') sentences.push(text('about.lock.bySystem'));
  if (idle.state === 'held' && idle.heldBy !== '') {
    sentences.push(text(heldWords[idle.heldBy], { time: formatTimeOfDay(idle.heldUntil) }));
  } else if (idle.locksAt !== '') {
    sentences.push(text('about.lock.at', { time: formatTimeOfDay(idle.locksAt) }));
  }
  return sentences.join(' ');
}

export function AboutPage({ store, ...frame }: SmallPageProps<State>) {
  const state = useWindowState(store);
  return (
    <TranslatorProvider language={state.language}>
      <About {...state} {...frame} />
    </TranslatorProvider>
  );
}

function About({ status, capabilities, ...state }: State & Omit<SmallPageProps<State>, 'store'>) {
  const { text, counted, language } = useTranslator();
  const reachedAt = status.collectorReachedAt;
  const collectorRows =
    status.collector === 'not-configured'
      ? []
      : ([
          ['about.lastAnswer', reachedAt === '' ? text('about.never') : formatMoment(reachedAt, language)],
          ['about.waiting', counted('about.queue', status.queueLength)],
        ] as const);
  return (
    <SmallWindow
      title={text('about.title')}
      siteName={state.siteName}
      contact={state.contact}
      onLanguage={state.onLanguage}
      onClose={state.onClose}
    >
      <p>{text('about.intro')}</p>
      <Facts
        heading={text('about.status')}
        rows={[
          ['about.policy', text(gateWords(status))],
          ['about.reports', text(collectors[status.collector])],
          ...collectorRows,
          ['about.lock', lockWords(status.idle, { text, counted })],
        ]}
      />
      <Facts
        heading={text('about.computer')}
        rows={[
          ['about.hostname', state.hostname],
          ['about.machineId', state.machineId],
          ['about.agentVersion', state.agentVersion],
          ['about.runtimeVersion', state.runtimeVersion],
        ]}
      />
      <section aria-labelledby="capabilities-heading">
        <h2 id="capabilities-heading">{text('about.capabilities')}</h2>
        {capabilities.length === 0 ? <p>{text('about.capabilities.none')}</p> : null}
        <ul className="capabilities">
          {capabilities.map(({ name, level, reason }) => (
            <li key={name}>
              <span className={`mark mark-${level === 'full' ? 'good' : 'waiting'}`}>
                {text(levels[level])}
              </span>
              <PartName name={name} />
              {reason === '' || level === 'full' ? null : (
                // The reason is the same as in the log and the heartbeat, in English.
                <span className="quiet">
                  {text('about.reason')} <span lang="en-GB">{reason}</span>
                </span>
              )}
            </li>
          ))}
        </ul>
      </section>
    </SmallWindow>
  );
}

/** Parts that the self-check has no line for. */
const otherParts: Readonly<Record<string, PlainKey>> = {
  network: 'about.part.network',
  restart: 'about.part.restart',
  'window-state': 'about.part.windowState',
};

/** Parts that the self-check names otherwise. */
const checkedParts: Readonly<Record<string, SelfCheckItemName>> = { 'managed-config': 'configuration' };

function isChecked(name: string): name is SelfCheckItemName {
  return name in itemWords;
}

/** The name of a part as people say it; an unknown one as in the log. */
function PartName({ name }: Pick<Capability, 'name'>) {
  const { text, language } = useTranslator();
  const other = otherParts[name];
  if (other !== undefined) return <span>{text(other)}</span>;
  const checked = checkedParts[name] ?? name;
  if (isChecked(checked)) return <span>{createSelfCheckWords(language)(itemWords[checked])}</span>;
  return <span lang="en-GB">{name}</span>;
}

interface FactsProps {
  readonly heading: string;
  readonly rows: readonly (readonly [PlainKey, string])[];
}

function Facts({ heading, rows }: FactsProps) {
  const { text } = useTranslator();
  return (
    <section>
      <h2>{heading}</h2>
      <dl className="facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{text(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
