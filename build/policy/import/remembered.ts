/** Remembers the answers to questions about lines, as several readers ask the same of each line. */

/** A policy has fewer lines; a longer text only asks again. */
const most = 8192;

export function remembered<Answer>(ask: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = ask(text);
    if (answers.size >= most) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}
