/** What Porthor records, why, who sees it and for how long. Names only what this school has enabled. */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { RecordsContract } from '../../shared/ipc/information.ts';
import { useWindowState } from '../bridge/window-state.ts';
import type { SmallPageProps } from '../components/small-page.ts';
import { SmallWindow } from '../components/small-window.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';
import { everyLine, lockPart, mediaPart, policyPart, runningPart } from './record-lines.ts';

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
  const isSent = state.collectorHost !== '';
  return (
    <SmallWindow
      title={text('records.title')}
      siteName={state.siteName}
      contact={state.contact}
      onLanguage={state.onLanguage}
      onClose={state.onClose}
    >
      <p>{text('records.intro')}</p>
      {state.gateEnabled ? <RecordedPart part={policyPart} hideSerials={state.hideSerials} /> : null}
      <RecordedPart part={lockPart} hideSerials={state.hideSerials} />
      {state.mediaMode === 'off' ? null : <RecordedPart part={mediaPart} hideSerials={state.hideSerials} />}
      <RecordedPart part={runningPart} hideSerials={state.hideSerials} />
      <Part heading="records.each.heading" items={Object.values(everyLine).map(({ says }) => says)} />
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
        <p>{isSent ? text('records.who.sent', { host: state.collectorHost }) : text('records.who.here')}</p>
      </section>
      <section>
        <h2>{text('records.long.heading')}</h2>
        {isSent ? <p>{text('records.long.school')}</p> : null}
        <ul>
          {isSent ? <li>{text('records.long.cleared')}</li> : null}
          <li>{text('records.long.room')}</li>
          <li>{text('records.long.agreements')}</li>
        </ul>
      </section>
      <section>
        <h2>{text('records.rights.heading')}</h2>
        <p>{text('records.rights.body')}</p>
        <p>{text('records.rights.complain')}</p>
      </section>
    </SmallWindow>
  );
}

function RecordedPart({
  part,
  hideSerials,
}: {
  readonly part: typeof policyPart;
  readonly hideSerials: boolean;
}) {
  const items = part.lines.map(({ says, saysHidden }) => (hideSerials ? (saysHidden ?? says) : says));
  return <Part heading={part.heading} items={items} why={part.why} />;
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
