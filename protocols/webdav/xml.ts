import { SaxesParser, type SaxesTagNS } from 'saxes';
import { badRequest } from './http-problem.js';

const MAX_DEPTH = 64;
/** It is written again with every element kept or named: a body full of one would become megabytes. */
const MAX_NAMESPACE_CHARACTERS = 255;
export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

export const DAV_NAMESPACE = 'DAV:';

export interface XmlAttribute {
  readonly namespace: string;
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
}

/** An element with its namespace resolved; `name` is local, `prefix` only remembered to write the element out again. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  readonly prefix: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
  /** Its own `xml:lang` or that of what it lies in (XML 1.0 section 2.12). */
  readonly language: string | null;
}

interface OpenElement extends XmlElement {
  readonly children: (XmlElement | string)[];
}

/**
 * Reads one UTF-8 document into a tree; the caller has capped its size. Document types are refused outright, so there are
 * no entities to expand and nothing outside to fetch.
 * @throws HttpProblem 400 for a document that is not well-formed, not UTF-8, deeper than 64 elements, has a DOCTYPE, or a namespace
 * of more than 255 characters
 */
export function parseXml(body: Buffer): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  parser.on('error', () => {
    throw badRequest('The XML body is not well-formed.');
  });
  parser.on('doctype', () => {
    throw badRequest('The XML body may not hold a document type declaration.');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/iu.test(encoding))
      throw badRequest('The XML body must be UTF-8.');
  });
  parser.on('opentag', (tag) => {
    if (open.length >= MAX_DEPTH) throw badRequest('The XML body is nested too deeply.');
    if (tag.uri.length > MAX_NAMESPACE_CHARACTERS)
      throw badRequest('A namespace is longer than 255 characters.');
    const parent = open.at(-1);
    const element = elementOf(tag, parent);
    parent?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (open.length === 0) root = closed;
  });
  parser.on('text', (text) => open.at(-1)?.children.push(text));
  parser.on('cdata', (text) => open.at(-1)?.children.push(text));
  parser.write(decodeUtf8(body)).close();
  if (!root) throw badRequest('The XML body is empty.');
  return root;
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw badRequest('The XML body is not valid UTF-8.');
  }
}

function elementOf(tag: SaxesTagNS, parent: XmlElement | undefined): OpenElement {
  const attributes = Object.values(tag.attributes)
    .filter((attribute) => attribute.uri !== XMLNS_NAMESPACE)
    .map(({ uri, prefix, local, value }) => ({ namespace: uri, prefix, name: local, value }));
  const own = attributes.find(({ namespace, name }) => namespace === XML_NAMESPACE && name === 'lang');
  const language = own ? own.value || null : (parent?.language ?? null);
  return { namespace: tag.uri, name: tag.local, prefix: tag.prefix, attributes, children: [], language };
}

/** The child elements, text left out. */
export function elementsOf(parent: XmlElement): readonly XmlElement[] {
  return parent.children.filter((child) => typeof child !== 'string');
}

/** The first child element of that name in the DAV: namespace. */
export function davChild(parent: XmlElement, name: string): XmlElement | undefined {
  return elementsOf(parent).find((child) => isDav(child, name));
}

export function isDav(element: XmlElement, name: string): boolean {
  return element.namespace === DAV_NAMESPACE && element.name === name;
}

/** All text below an element, joined. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
