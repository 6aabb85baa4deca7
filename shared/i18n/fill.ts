/** Puts values where a text names them. */

/** What stands in the place of `{{name}}`. It is put in as it is: no markup, no second round of replacing. */
export type Values = Readonly<Record<string, string>>;

const placeholder = /\{\{([a-zA-Z]+)\}\}/gu;

/** A value that was not given leaves its placeholder standing, where a test or a reader sees it. */
export function fill(text: string, values: Values): string {
  return text.replace(placeholder, (whole, name: string) => values[name] ?? whole);
}
