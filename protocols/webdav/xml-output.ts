import { DAV_NAMESPACE, XML_NAMESPACE, type XmlElement } from './xml.js';

/** Writes an element so that it is well-formed on its own: every prefix is declared inside. */
export function serializeElement(element: XmlElement): string {
  return serialize(element, new Map([['', '']]));
}

/** The same for what lies inside an element. */
export function serializeContent(element: XmlElement): string {
  return element.children.map((child) => serializeChild(child, new Map([['', '']]))).join('');
}

function serializeChild(child: XmlElement | string, scope: ReadonlyMap<string, string>): string {
  return typeof child === 'string' ? escapeText(child) : serialize(child, scope);
}

function serialize(element: XmlElement, outer: ReadonlyMap<string, string>): string {
  const scope = new Map(outer);
  const declarations: string[] = [];
  const declare = (prefix: string, namespace: string): void => {
    if (prefix === 'xml' || scope.get(prefix) === namespace) return;
    scope.set(prefix, namespace);
    declarations.push(` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(namespace)}"`);
  };
  const prefix = prefixFor(element);
  declare(prefix, element.namespace);
  const attributes = element.attributes.map(({ prefix: given, namespace, name, value }) => {
    if (given !== '' && namespace !== XML_NAMESPACE) declare(given, namespace);
    return ` ${given === '' ? '' : `${given}:`}${name}="${escapeAttribute(value)}"`;
  });
  const tag = prefix === '' ? element.name : `${prefix}:${element.name}`;
  const start = `${tag}${declarations.join('')}${attributes.join('')}`;
  if (element.children.length === 0) return `<${start}/>`;
  return `<${start}>${element.children.map((child) => serializeChild(child, scope)).join('')}</${tag}>`;
}

/** DAV: elements are always written with a prefix: Windows reads no default namespace. */
function prefixFor({ namespace, prefix, attributes }: XmlElement): string {
  const isTaken = attributes.some(
    (attribute) => attribute.prefix === 'D' && attribute.namespace !== DAV_NAMESPACE,
  );
  return namespace === DAV_NAMESPACE && !isTaken ? 'D' : prefix;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** What most names and all numbers are: nothing in it is to be escaped. */
const PLAIN = /^[\w %./:;,+()'"-]*$/;

/** Text as element content; characters XML 1.0 cannot carry become U+FFFD. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return replaceImpossible(text).replace(/[&<>\r]/gu, (character) => ESCAPES[character] ?? character);
}

/** Text inside a double-quoted attribute. */
export function escapeAttribute(text: string): string {
  return replaceImpossible(text).replace(/[&<>"\t\n\r]/gu, (character) => ESCAPES[character] ?? character);
}

function replaceImpossible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 section 2.2 leaves out
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, '\ufffd');
}
