/** Report a problem: first a message to the school, then, for the helper, what works on this computer. */
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { ProblemContract } from '../../shared/ipc/problem.ts';
import { useWindowState } from '../bridge/window-state.ts';
import type { SmallPageProps } from '../components/small-page.ts';
import { SmallWindow } from '../components/small-window.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';
import { type CheckActions, CheckSection } from './check-section.tsx';
import { SendButton, type SendProblem, TellForm, useTell } from './tell-form.tsx';

type State = StateOf<ProblemContract>;

type PageProps = SmallPageProps<State> & CheckActions & { readonly onSend: SendProblem };

export function ProblemPage({ store, ...frame }: PageProps) {
  const state = useWindowState(store);
  return (
    <TranslatorProvider language={state.language}>
      <Problem {...state} {...frame} />
    </TranslatorProvider>
  );
}

function Problem({
  hasCollector,
  check,
  onSend,
  onCheck,
  onSave,
  onShowSaved,
  ...frame
}: State & Omit<PageProps, 'store'>) {
  const { text } = useTranslator();
  const tell = useTell(onSend);
  return (
    <SmallWindow
      title={text('problem.title')}
      siteName={frame.siteName}
      contact={frame.contact}
      onLanguage={frame.onLanguage}
      onClose={frame.onClose}
      actions={<SendButton outcome={tell.outcome} />}
    >
      <p>{text('problem.intro')}</p>
      <p>{text('problem.worry')}</p>
      <TellForm hasCollector={hasCollector} {...tell} />
      <CheckSection check={check} onCheck={onCheck} onSave={onSave} onShowSaved={onShowSaved} />
    </SmallWindow>
  );
}
