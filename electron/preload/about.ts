/** The about window's preload script. */
import type { AboutContract } from '../../shared/ipc/information.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<AboutContract>('about', {
  setLanguage: true,
  close: true,
});
