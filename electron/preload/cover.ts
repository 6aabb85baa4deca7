/** The cover window's preload script. */
import type { CoverContract } from '../../shared/ipc/cover.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<CoverContract>('cover', {
  comeHere: true,
});
