/**
 * Entry of the gate. Shows the screen that the main process has drawn, and loads React and the rest behind it: this file
 * imports nothing large.
 */
import type { Revised } from '../../shared/ipc/contract.ts';
import type { GateContract, GateState } from '../../shared/ipc/gate.ts';
import { connect } from '../bridge/connect.ts';
import { run } from '../components/run.ts';
import { type EarlyInput, keepEarlyInput } from './early-input.ts';

const bridge = connect<GateContract>();

/** Subscribes before the first question, so that no push is missed. The newest waits for the page's own code. */
let newest: Revised<GateState> | undefined;
let listener: ((state: GateState) => void) | undefined;
const take = (revised: Revised<GateState>): void => {
  if (newest !== undefined && revised.revision <= newest.revision) return;
  newest = revised;
  listener?.(revised.state);
};
bridge.onState(take);

/** Puts the drawn screen into the page. React made it from texts, so it holds no foreign markup. */
function show(root: HTMLElement, html: string, { language }: GateState): EarlyInput {
  document.documentElement.lang = language;
  root.innerHTML = html;
  const heading = root.querySelector('h1');
  document.title = heading?.textContent ?? document.title;
  heading?.focus();
  return keepEarlyInput(root);
}

/** Resolves once the page has been handed over for drawing: that is when the second frame starts. */
function nextPaint(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Error('page: root: it is missing');
  const answer = await bridge.getState();
  take(answer);
  // A state that was pushed meanwhile is newer than the drawn screen, which then would be a wrong one.
  const first = newest !== undefined && newest.revision > answer.revision ? newest : answer;
  let early: EarlyInput | undefined;
  if (first.drawn !== undefined) {
    early = show(root, first.drawn.html, first.state);
    await nextPaint();
    run(bridge.calls.painted({ screen: first.state.screen.name }));
  }
  const { openGate } = await import('./open-gate.tsx');
  openGate({
    root,
    bridge,
    first,
    early,
    follow: (follower) => {
      listener = follower;
      if (newest !== undefined && newest.revision > first.revision) follower(newest.state);
    },
  });
}

run(start());
