/** What Porthor records, why, who sees it and for how long; only what is switched on at this school is named. */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { RecordsContract } from '../../shared/ipc/information.ts';
import { useWindowState } from '../bridge/window-state.ts';
import type { SmallPageProps } from '../components/small-page.ts';
import { SmallWindow } from '../components/small-window.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';

type State = StateOf<RecordsContract>;

export function RecordsPage({ store, ...frame }: SmallPageProps<State>) {
  const state = useWindowState(store);
  return (
    <TranslatorProvider language={state.language}>
      <Records {...state} {...frame} />
    </TranslatorProvider>
  );
}

function Records(state: State & Omit<SmallPageProps<State>, 'store'>) {
  const { text } = useTranslator();
  return (
    <SmallWindow
      title={text('records.title')}
      siteName={state.siteName}
      contact={state.contact}
      onLanguage={state.onLanguage}
      onClose={state.onClose}
    >
      <p>{text('records.intro')}</p>
      {state.gateEnabled ? (
        <Part
          heading="records.policy.heading"
          items={[
            'records.policy.answer',
            'records.policy.text',
            'records.policy.statements',
            'records.policy.person',
            'records.policy.place',
          ]}
          why="records.policy.why"
        />
      ) : null}
      {state.idleEnabled ? (
        <Part heading="records.idle.heading" items={['records.idle.what']} why="records.idle.why" />
      ) : null}
      {state.mediaMode === 'off' ? null : (
        <Part
          heading="records.media.heading"
          items={[
            state.hideSerials ? 'records.media.deviceHidden' : 'records.media.device',
            'records.media.verdict',
          ]}
          why="records.media.why"
        />
      )}
      <Part
        heading="records.running.heading"
        items={['records.running.what', 'records.running.problem']}
        why="records.running.why"
      />
      <Part
        heading="records.never.heading"
        items={[
          'records.never.files',
          'records.never.screen',
          'records.never.keys',
          'records.never.web',
          'records.never.camera',
        ]}
      />
      <section>
        <h2>{text('records.who.heading')}</h2>
        <p>{text('records.who.people')}</p>
        <p>
          {state.collectorHost === ''
            ? text('records.who.here')
            : text('records.who.sent', { host: state.collectorHost })}
        </p>
      </section>
      <section>
        <h2>{text('records.long.heading')}</h2>
        <ul>
          <li>{text('records.long.answers')}</li>
          <li>{text('records.long.other')}</li>
        </ul>
        <p>{text('records.long.school')}</p>
      </section>
      <section>
        <h2>{text('records.rights.heading')}</h2>
        <p>{text('records.rights.body')}</p>
        <p>{text('records.rights.complain')}</p>
      </section>
    </SmallWindow>
  );
}

interface PartProps {
  readonly heading: PlainKey;
  readonly items: readonly PlainKey[];
  readonly why?: PlainKey;
}

function Part({ heading, items, why }: PartProps) {
  const { text } = useTranslator();
  return (
    <section>
      <h2>{text(heading)}</h2>
      <ul>
        {items.map((item) => (
          <li key={item}>{text(item)}</li>
        ))}
      </ul>
      {why === undefined ? null : (
        <p className="quiet">
          {text('records.why')} {text(why)}
        </p>
      )}
    </section>
  );
}
