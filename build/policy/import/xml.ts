/** Walks the XML of Word and OpenDocument files. */
import { DOMParser } from '@xmldom/xmldom';

/** @throws if the XML is not well formed. */
export function parseXml(bytes: Uint8Array): Element {
  const refuse = (message: string) => {
    throw new Error(message);
  };
  const parser = new DOMParser({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } });
  const root = parser.parseFromString(new TextDecoder().decode(bytes), 'text/xml')
    .documentElement as Element | null;
  if (root === null) throw new Error('there is no root element');
  return root;
}

export function* childrenOf(element: Element): Generator<Element> {
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (isElement(node)) yield node;
  }
}

export function childOf(element: Element, name: string): Element | undefined {
  for (const child of childrenOf(element)) if (child.nodeName === name) return child;
  return undefined;
}

/** The first element of this name at any depth. */
export function firstWithin(element: Element, name: string): Element | undefined {
  for (const child of childrenOf(element)) {
    if (child.nodeName === name) return child;
    const found = firstWithin(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.hasAttribute(name) === true ? (element.getAttribute(name) ?? undefined) : undefined;
}

export function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}
