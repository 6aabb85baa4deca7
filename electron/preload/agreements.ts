/** The agreements window's preload script. */
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<AgreementsContract>('agreements', {
  setLanguage: true,
  close: true,
  readAgreement: true,
  savePdf: true,
  showSavedPdf: true,
  print: true,
});
