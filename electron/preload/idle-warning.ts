/** The idle warning's preload script. */
import type { IdleWarningContract } from '../../shared/ipc/idle-warning.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<IdleWarningContract>('idle-warning', {
  stay: true,
  painted: true,
});
