/** HTML in which every value is text unless it was made here. */

/** Made by `html` alone, so that a plain string can never pass for markup. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => entities[character] ?? '');
}

/** Escapes what is put in, for text and for attributes in double quotes. */
export function html(
  fixed: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  let text = fixed[0] ?? '';
  for (const [index, value] of values.entries()) {
    if (value instanceof Html) text += value.text;
    else if (typeof value === 'string' || typeof value === 'number') text += escapeHtml(String(value));
    else text += value.map((part) => part.text).join('');
    text += fixed[index + 1] ?? '';
  }
  return new Html(text);
}
