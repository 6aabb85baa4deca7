/** The records window's preload script. */
import type { RecordsContract } from '../../shared/ipc/information.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<RecordsContract>('records', {
  setLanguage: true,
  close: true,
});
