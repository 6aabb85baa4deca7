/** Keeps what a user does on the drawn screen, until the page's own code can act on it. */
import type { AnswerField } from '../../shared/policy/missing-answers.ts';
import { fieldControlIds, statementOfControl } from './control-ids.ts';

/** What early input does to the page's memory. */
interface InputTarget {
  toggleStatement(statementId: string): void;
  setField(field: AnswerField, value: string): void;
}

export interface EarlyInput {
  /** Takes over what is ticked and typed by now. Call it before the page is drawn again. */
  enterInto(target: InputTarget): void;
  /** Presses again, in order, what the user pressed. Call it when the buttons work. */
  replay(): void;
}

/** Listens from now on. Ticks and typing stay in their elements by themselves; a press would do nothing. */
export function keepEarlyInput(root: HTMLElement): EarlyInput {
  const pressed: HTMLElement[] = [];
  const keepPress = (event: Event): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('button, a') : null;
    if (button === null) return;
    event.preventDefault();
    pressed.push(button);
  };
  root.addEventListener('click', keepPress);
  const ticked = new Map(boxesIn(root).map((box) => [box, box.checked]));
  const typed = new Map(fieldsIn(root).map((field) => [field, field.value]));
  return {
    enterInto: (target) => {
      for (const [box, before] of ticked) {
        const statementId = statementOfControl(box.id);
        if (statementId !== undefined && box.checked !== before) target.toggleStatement(statementId);
      }
      for (const [field, before] of typed) {
        const name = fieldNames.find((each) => fieldControlIds[each] === field.id);
        if (name !== undefined && field.value !== before) target.setField(name, field.value);
      }
    },
    replay: () => {
      root.removeEventListener('click', keepPress);
      for (const button of pressed) if (button.isConnected) button.click();
    },
  };
}

const fieldNames = ['fullName', 'jobRole'] as const satisfies readonly AnswerField[];

const boxesIn = (root: HTMLElement) => [...root.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
const fieldsIn = (root: HTMLElement) => [...root.querySelectorAll<HTMLInputElement>('input[type=text]')];
