/** The gate's short screens: one sentence and at most two buttons each. */
import type { ReactNode } from 'react';
import { formatMoment } from '../../shared/i18n/format-date.ts';
import type { CountedKey, PlainKey } from '../../shared/i18n/strings.ts';
import type { GateScreen, GateState } from '../../shared/ipc/gate.ts';
import { useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { RecordingStatus } from './check-step.tsx';
import { FaultDetail } from './fault-detail.tsx';
import { type GateModel, headingId } from './gate-model.ts';
import { LockInstead } from './lock-instead.tsx';

type Screen<Name extends GateScreen['name']> = Extract<GateScreen, { name: Name }>;
type OnDecline = GateState['onDecline'];

interface ShortScreenProps {
  readonly title: string;
  /** A sign of success before the title. */
  readonly mark?: 'good';
  readonly children?: ReactNode;
}

function ShortScreen({ title, mark, children }: ShortScreenProps) {
  useDocumentTitle(title);
  return (
    <div className="short-screen">
      <h1 id={headingId} tabIndex={-1} className={mark === 'good' ? 'heading-good' : undefined}>
        {title}
      </h1>
      {children}
    </div>
  );
}

export function Checking() {
  const { text } = useTranslator();
  return (
    <ShortScreen title={text('gate.checking.title')}>
      <p className="lead">{text('gate.checking.body')}</p>
    </ShortScreen>
  );
}

/** Only for a page that came back during recording and so has no policy to show. */
export function Recording() {
  const { text } = useTranslator();
  return (
    <ShortScreen title={text('gate.checking.title')}>
      <div role="status">
        <RecordingStatus />
      </div>
    </ShortScreen>
  );
}

interface AcceptedProps {
  readonly model: GateModel;
  readonly screen: Screen<'accepted'>;
}

export function Accepted({ model, screen }: AcceptedProps) {
  const { text, counted, language } = useTranslator();
  return (
    <ShortScreen title={text('gate.accepted.title')} mark="good">
      <p className="lead">
        {text('gate.accepted.body', {
          title: screen.title[language],
          version: screen.policyVersion,
          time: formatMoment(screen.decidedAt, language),
        })}
      </p>
      <p>
        {screen.remaining === 0
          ? text('gate.accepted.later')
          : counted('gate.accepted.remaining', screen.remaining)}
      </p>
      <div className="buttons">
        <button type="button" className="button button-primary" onClick={model.proceed}>
          {text('gate.accepted.continue')}
        </button>
      </div>
    </ShortScreen>
  );
}

const decliningWords: Readonly<
  Record<OnDecline, { sentence: CountedKey; now: PlainKey; leaving: PlainKey }>
> = {
  'sign-out': {
    sentence: 'gate.countdown.signOut',
    now: 'gate.countdown.signOutNow',
    leaving: 'gate.leaving.signOut',
  },
  lock: {
    sentence: 'gate.countdown.lock',
    now: 'gate.countdown.lockNow',
    leaving: 'gate.leaving.lock',
  },
  nothing: {
    sentence: 'gate.countdown.nothing',
    now: 'gate.countdown.finishNow',
    leaving: 'gate.leaving.nothing',
  },
};

/** Announcing each second would flood a screen reader: it announces every fifteenth, and each of the last ten. */
function spokenSeconds(secondsLeft: number): number {
  return secondsLeft <= 10 ? secondsLeft : Math.ceil(secondsLeft / 15) * 15;
}

interface DecliningProps {
  readonly model: GateModel;
  readonly screen: Screen<'declining'>;
  readonly isOverWork: boolean;
}

export function Declining({ model, screen, isOverWork }: DecliningProps) {
  const { text, counted } = useTranslator();
  const { secondsLeft } = screen;
  const words = decliningWords[screen.onDecline];
  const losesWork = isOverWork && screen.onDecline === 'sign-out';
  return (
    <ShortScreen title={text('gate.countdown.title')}>
      <div className="countdown">
        <p className="countdown-number" aria-hidden="true">
          {secondsLeft}
        </p>
      </div>
      <p className="lead countdown-sentence" aria-hidden="true">
        {counted(words.sentence, secondsLeft)}
      </p>
      <p className="visually-hidden" role="status">
        {counted(words.sentence, spokenSeconds(secondsLeft))}
      </p>
      {losesWork ? <LockInstead model={model} /> : null}
      <div className="countdown-bar">
        {/* Only in small windows, where it takes the place of the large number and its sentence. */}
        <p className="countdown-compact" aria-hidden="true">
          <strong>{counted(words.sentence, secondsLeft)}</strong>
          {losesWork ? <span className="countdown-loss"> {text('gate.countdown.workLost')}</span> : null}
        </p>
        <div className="buttons">
          <button type="button" className="button button-primary" onClick={model.cancelDecline}>
            {text('common.goBack')}
          </button>
          <button type="button" className="button button-quiet" onClick={model.leaveNow}>
            {text(words.now)}
          </button>
        </div>
      </div>
    </ShortScreen>
  );
}

export function Leaving({ screen }: { readonly screen: Screen<'leaving'> }) {
  const { text } = useTranslator();
  return (
    <ShortScreen title={text(decliningWords[screen.onDecline].leaving)}>
      {screen.onDecline === 'nothing' ? null : <p className="lead">{text('gate.leaving.body')}</p>}
    </ShortScreen>
  );
}

const blockedWords: Readonly<Record<Screen<'blocked'>['reason'], PlainKey>> = {
  'policy-unreadable': 'gate.blocked.policy',
  'records-unreadable': 'gate.blocked.records',
  'account-unreadable': 'gate.blocked.account',
};

interface BlockedProps {
  readonly model: GateModel;
  readonly screen: Screen<'blocked'>;
  readonly onDecline: OnDecline;
}

export function Blocked({ model, screen, onDecline }: BlockedProps) {
  const { text } = useTranslator();
  return (
    <ShortScreen title={text('gate.blocked.title')}>
      <p className="lead">{text(blockedWords[screen.reason])}</p>
      <p>{text('gate.blocked.next')}</p>
      <div className="buttons">
        <button type="button" className="button button-primary" onClick={model.tryAgain}>
          {text('gate.blocked.tryAgain')}
        </button>
        {onDecline === 'nothing' ? null : (
          <button type="button" className="button button-quiet" onClick={model.decline}>
            {text(onDecline === 'lock' ? 'gate.blocked.lock' : 'gate.blocked.signOut')}
          </button>
        )}
      </div>
      <FaultDetail detail={screen.detail} />
    </ShortScreen>
  );
}
