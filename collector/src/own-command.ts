/** Names the collector's commands as this installation runs them: a package has a command, and data, of its own. */

const fromSource = 'npm run collector -- ';

/**
 * `command` comes from `PORTHOR_COMMAND`, which the packages set; undefined where the collector runs from its source. The
 * packages set `PORTHOR_DATA` too, so the option for the folder falls away.
 */
export function showOwnCommands(text: string, command: string | undefined): string {
  if (command === undefined || command === '') return text;
  return text.replaceAll(/npm run collector -- [^\n]*/gu, (line) =>
    `${command} ${line.slice(fromSource.length)}`.replace(/ --data (?:DIR|\/\S+)/u, ''),
  );
}
