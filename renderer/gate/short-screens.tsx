/** The gate's short screens: one sentence and at most two buttons each. */
import type { ReactNode } from 'react';
import { formatMoment } from '../../shared/i18n/format-date.ts';
import type { CountedKey, PlainKey } from '../../shared/i18n/strings.ts';
import type { Contact } from '../../shared/ipc/common.ts';
import type { GateScreen, GateState } from '../../shared/ipc/gate.ts';
import { ContactDetails } from '../components/contact-details.tsx';
import { useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { RecordingStatus } from './check-step.tsx';
import { type GateModel, headingId } from './gate-model.ts';

type Screen<Name extends GateScreen['name']> = Extract<GateScreen, { name: Name }>;
type OnDecline = GateState['onDecline'];

function ShortScreen({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  useDocumentTitle(title);
  return (
    <div className="short-screen">
      <h1 id={headingId} tabIndex={-1}>
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
    <ShortScreen title={text('gate.accepted.title')}>
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
  Record<OnDecline, { title: PlainKey; sentence: CountedKey; now: PlainKey; leaving: PlainKey }>
> = {
  'sign-out': {
    title: 'gate.countdown.titleSignOut',
    sentence: 'gate.countdown.signOut',
    now: 'gate.countdown.signOutNow',
    leaving: 'gate.leaving.signOut',
  },
  lock: {
    title: 'gate.countdown.titleLock',
    sentence: 'gate.countdown.lock',
    now: 'gate.countdown.lockNow',
    leaving: 'gate.leaving.lock',
  },
  nothing: {
    title: 'gate.countdown.titleNothing',
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
  readonly contact: Contact;
}

export function Declining({ model, screen, contact }: DecliningProps) {
  const { text, counted } = useTranslator();
  const { secondsLeft } = screen;
  const words = decliningWords[screen.onDecline];
  return (
    <ShortScreen title={text(words.title)}>
      <div className="countdown">
        <p className="countdown-number" aria-hidden="true">
          {secondsLeft}
        </p>
        <p className="quiet" aria-hidden="true">
          {counted('gate.countdown.unit', secondsLeft)}
        </p>
      </div>
      <p className="lead" aria-hidden="true">
        {counted(words.sentence, secondsLeft)}
      </p>
      <p className="visually-hidden" role="status">
        {counted(words.sentence, spokenSeconds(secondsLeft))}
      </p>
      {screen.onDecline === 'nothing' ? null : <p>{text('gate.decline.work')}</p>}
      <div className="buttons">
        <button type="button" className="button button-primary" onClick={model.cancelDecline}>
          {text('common.goBack')}
        </button>
        <button type="button" className="button button-quiet" onClick={model.leaveNow}>
          {text(words.now)}
        </button>
      </div>
      <h2>{text('contact.heading')}</h2>
      <ContactDetails contact={contact} layout="rows" />
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
      {screen.detail === '' ? null : (
        <p className="quiet">
          {text('gate.notice.detail')} <span lang="en-GB">{screen.detail}</span>
        </p>
      )}
    </ShortScreen>
  );
}
