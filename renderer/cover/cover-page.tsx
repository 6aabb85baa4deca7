/** The cover: whose computer this is and one sentence. Any touch or key brings the gate here. */
import { useEffect } from 'react';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { CoverContract } from '../../shared/ipc/cover.ts';
import { useWindowState, type WindowStateStore } from '../bridge/window-state.ts';
import { Crest } from '../components/crest.tsx';
import { TranslatorProvider, useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';

interface Props {
  readonly store: WindowStateStore<StateOf<CoverContract>>;
  readonly comeHere: () => void;
}

export function CoverPage({ store, comeHere }: Props) {
  const { siteName, language } = useWindowState(store);
  useEffect(() => {
    window.addEventListener('pointerdown', comeHere);
    window.addEventListener('keydown', comeHere);
    return () => {
      window.removeEventListener('pointerdown', comeHere);
      window.removeEventListener('keydown', comeHere);
    };
  }, [comeHere]);
  return (
    <TranslatorProvider language={language}>
      <Cover siteName={siteName} />
    </TranslatorProvider>
  );
}

function Cover({ siteName }: { readonly siteName: string }) {
  const { text } = useTranslator();
  useDocumentTitle(text('cover.windowTitle'));
  return (
    <main className="cover">
      <Crest siteName={siteName} />
      <h1>{siteName === '' ? text('common.yourSchool') : siteName}</h1>
      <p>{text('cover.sentence')}</p>
    </main>
  );
}
