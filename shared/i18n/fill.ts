/** Fills values into the placeholders of a text. */

/** Values for `{{name}}`. Inserted unchanged: no markup, and no second round of replacement. */
export type Values = Readonly<Record<string, string>>;

const placeholder = /\{\{([a-zA-Z]+)\}\}/gu;

/** A missing value leaves its placeholder in the text, where a test or a reader notices it. */
export function fill(text: string, values: Values): string {
  return text.replace(placeholder, (whole, name: string) => values[name] ?? whole);
}
