/**
 * Draws the gate's first screen as HTML, from the same components as the page. The main process runs this, so that a user
 * reads before the page's own code is loaded.
 */
import { renderToString } from 'react-dom/server';
import type { PageSize } from '../../shared/ipc/contract.ts';
import type { GateState } from '../../shared/ipc/gate.ts';
import { createGateModel, type GateCalls } from './gate-model.ts';
import { GatePage } from './gate-page.tsx';

/** Nothing is called while a page is drawn. */
const noCalls = {} as GateCalls;

/** @param pageSize of the window's page, in CSS pixels. */
export function drawFirstScreen(state: GateState, pageSize: PageSize): string {
  const model = createGateModel(state, noCalls, () => () => undefined, { pageSize });
  return renderToString(<GatePage model={model} />);
}
