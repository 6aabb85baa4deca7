/** Adds acknowledgements to the list as they arrive; the page also works without it. */

/** As many rows as the page itself shows, so that a page left open for weeks stays light. */
const maximumRows = 200;

const script = document.querySelector('script[data-stream]');
const body = document.querySelector('tbody');
const status = document.querySelector('.status');
const log = document.querySelector('[role="log"]');

/** Writes text only, never markup, because names come from outside. */
function addText(parent, tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

/** A name that is written from right to left must not turn its neighbours around. */
function addIsolated(parent, text) {
  addText(parent, 'bdi', text);
}

function addRow(row) {
  if (body.querySelector(`tr[data-position="${Number(row.position)}"]`) !== null) return;
  const line = document.createElement('tr');
  line.className = 'new';
  line.dataset.position = String(row.position);
  addText(addText(line, 'td', ''), 'time', row.when, { datetime: row.decidedAt });
  const who = addText(line, 'th', '', { scope: 'row' });
  addIsolated(addText(who, 'span', '', { class: 'who' }), row.who);
  addIsolated(addText(who, 'span', '', { class: 'role' }), row.role);
  addIsolated(addText(line, 'td', ''), row.account);
  const answer = addText(line, 'td', '');
  addText(answer, 'span', row.answer, { class: 'answer', 'data-action': row.action });
  addText(answer, 'span', row.doubt, { class: 'role' });
  addIsolated(addText(line, 'td', ''), row.policy);
  addText(line, 'td', row.language);
  addIsolated(addText(line, 'td', ''), row.pc);
  body.prepend(line);
  while (body.children.length > maximumRows) body.lastElementChild.remove();
  document.querySelector('.empty')?.remove();
  document.querySelector('.scroll').hidden = false;
  log.textContent = row.announcement;
}

/** The browser tries again after a broken connection, but gives up after any answer that is not a stream. */
const retryDelayMs = 5000;

function listen() {
  const address = new URL(script.dataset.stream, document.baseURI);
  const newest = body.firstElementChild?.dataset.position;
  if (newest !== undefined) address.searchParams.set('after', newest);
  const stream = new EventSource(address);
  stream.addEventListener('open', () => {
    status.textContent = status.dataset.live;
  });
  stream.addEventListener('error', () => {
    status.textContent = status.dataset.interrupted;
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, retryDelayMs);
  });
  stream.addEventListener('acknowledgement', (event) => addRow(JSON.parse(event.data)));
}

listen();
