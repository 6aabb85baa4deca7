/**
 * Adapts the WiX source for wixl, so that one source serves both tools. Removes what wixl does not know, and returns SQL
 * statements that write the same facts into the tables of the finished package.
 */
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';

export interface Adapted {
  readonly sources: readonly string[];
  /** In the SQL of Windows Installer. Run each one separately. */
  readonly statements: readonly string[];
}

/** Windows Installer's numbers for component attributes. */
const in64Bit = 256;
const asRegistryKeyPath = 4;
const transitive = 64;
/** Windows Installer's numbers for types of custom action. */
const runsCommandInFolder = 34;
const goesOnAfterFailure = 64;
const whenItRuns: Readonly<Record<string, number>> = { deferred: 1024, rollback: 1024 + 256 };
const asTheSystem = 2048;
/** Directly after InstallInitialize. */
const removeExistingProductsAt = 1501;

/** The SQL of Windows Installer cannot write a quote inside a text. */
const quote = (text: string): string => {
  if (text.includes("'")) throw new Error(`msi: a quote cannot be written into a table: ${text}`);
  return `'${text}'`;
};

const elementsOf = (document: Document, name: string): readonly Element[] =>
  Array.from(document.getElementsByTagName(name));

const take = (element: Element, attribute: string): string | undefined => {
  const value = element.getAttribute(attribute) ?? '';
  element.removeAttribute(attribute);
  return value === '' ? undefined : value;
};

const remove = (element: Element): void => {
  element.parentNode?.removeChild(element);
};

/** In a fragment, wixl knows components and directories only. */
const belongInProduct = ['Property', 'CustomAction', 'Condition', 'InstallExecuteSequence'];

const moveIntoProduct = (documents: readonly Document[]): void => {
  const [product] = documents.flatMap((document) => elementsOf(document, 'Product'));
  if (product === undefined) throw new Error('msi: no source holds a Product');
  for (const fragment of documents.flatMap((document) => elementsOf(document, 'Fragment'))) {
    for (const child of Array.from(fragment.childNodes)) {
      if (belongInProduct.includes(child.nodeName)) product.appendChild(child);
    }
  }
};

/** `variables` replace `$(var.Name)` in the sources. Throws for a source that is not XML. */
export const adaptForWixl = (
  sources: readonly string[],
  variables: Readonly<Record<string, string>>,
): Adapted => {
  const statements: string[] = [];
  const secure: string[] = [];
  const hidden: string[] = [];
  const fill = (text: string): string =>
    text.replaceAll(/\$\(var\.(\w+)\)/g, (whole, name: string) => variables[name] ?? whole);

  const documents = sources.map((source) =>
    new DOMParser({
      errorHandler: (level, message) => {
        throw new Error(`msi: the source is not well-formed (${level}): ${String(message)}`);
      },
    }).parseFromString(source, 'text/xml'),
  );
  moveIntoProduct(documents);
  const adapted = documents.map((document) => {
    for (const element of elementsOf(document, 'Package')) take(element, 'Platform');
    for (const element of elementsOf(document, 'MajorUpgrade')) {
      if (take(element, 'Schedule') === 'afterInstallInitialize') {
        statements.push(
          `UPDATE \`InstallExecuteSequence\` SET \`Sequence\`=${removeExistingProductsAt} WHERE \`Action\`='RemoveExistingProducts'`,
        );
      }
    }
    for (const element of elementsOf(document, 'Property')) {
      const id = element.getAttribute('Id') ?? '';
      if (take(element, 'Secure') === 'yes') secure.push(id);
      if (take(element, 'Hidden') === 'yes') hidden.push(id);
    }
    for (const element of elementsOf(document, 'CustomAction')) {
      const command = element.getAttribute('ExeCommand') ?? '';
      if (command === '') continue;
      const runs = whenItRuns[element.getAttribute('Execute') ?? ''];
      const isKnown =
        element.getAttribute('Impersonate') === 'no' && element.getAttribute('Return') === 'ignore';
      if (runs === undefined || !isKnown)
        throw new Error(`msi: this kind of action is not known: ${command}`);
      const type = runsCommandInFolder + goesOnAfterFailure + runs + asTheSystem;
      const [id, directory] = ['Id', 'Directory'].map((name) => quote(element.getAttribute(name) ?? ''));
      statements.push(
        'INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) ' +
          `VALUES (${id}, ${type}, ${directory}, ${quote(fill(command))})`,
      );
      remove(element);
    }
    for (const element of elementsOf(document, 'Component')) {
      const id = quote(element.getAttribute('Id') ?? '');
      if (take(element, 'Transitive') === 'yes') {
        const attributes = in64Bit + asRegistryKeyPath + transitive;
        statements.push(`UPDATE \`Component\` SET \`Attributes\`=${attributes} WHERE \`Component\`=${id}`);
      }
      for (const condition of elementsOf(document, 'Condition')) {
        if (condition.parentNode !== element) continue;
        const text = quote(condition.textContent ?? '');
        statements.push(`UPDATE \`Component\` SET \`Condition\`=${text} WHERE \`Component\`=${id}`);
        remove(condition);
      }
    }
    const properties = elementsOf(document, 'ShortcutProperty');
    if (properties.length > 0) {
      statements.push(
        'CREATE TABLE `MsiShortcutProperty` (`MsiShortcutProperty` CHAR(72) NOT NULL, `Shortcut_` CHAR(72) NOT NULL, ' +
          '`PropertyKey` CHAR(0) NOT NULL, `PropVariantValue` CHAR(0) NOT NULL PRIMARY KEY `MsiShortcutProperty`)',
      );
    }
    for (const [index, property] of properties.entries()) {
      const shortcut = property.parentNode as Element;
      const row = [
        `ShortcutProperty${index + 1}`,
        shortcut.getAttribute('Id') ?? '',
        property.getAttribute('Key') ?? '',
        fill(property.getAttribute('Value') ?? ''),
      ];
      statements.push(
        'INSERT INTO `MsiShortcutProperty` (`MsiShortcutProperty`, `Shortcut_`, `PropertyKey`, `PropVariantValue`) ' +
          `VALUES (${row.map(quote).join(', ')})`,
      );
      remove(property);
    }
    return new XMLSerializer().serializeToString(document);
  });
  if (secure.length > 0) {
    const all = ['WIX_UPGRADE_DETECTED', 'WIX_DOWNGRADE_DETECTED', ...secure].join(';');
    statements.push(
      `UPDATE \`Property\` SET \`Value\`=${quote(all)} WHERE \`Property\`='SecureCustomProperties'`,
    );
  }
  if (hidden.length > 0) {
    statements.push(
      `INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('MsiHiddenProperties', ${quote(hidden.join(';'))})`,
    );
  }
  return { sources: adapted, statements };
};
