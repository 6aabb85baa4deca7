/** The media warning's preload script. */
import type { MediaWarningContract } from '../../shared/ipc/media-warning.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<MediaWarningContract>('media-warning', {
  setLanguage: true,
  eject: true,
  askForApproval: true,
  takeCode: true,
  scan: true,
  close: true,
  painted: true,
  fitHeight: true,
});
