import type { DeadProperty, Entry, Usage } from '../../storage/index.js';
import { mediaTypeOf } from '../delivery.js';
import { httpDate, isoDate } from '../http-date.js';
import { formatLocks, SUPPORTED_LOCKS } from './lock-xml.js';
import { DAV_NAMESPACE } from './xml.js';
import { escapeAttribute, escapeText } from './xml-output.js';

/** The namespace of the dates and attributes Explorer sets after each upload. */
export const WINDOWS_NAMESPACE = 'urn:schemas-microsoft-com:';

export interface PropertyName {
  readonly namespace: string;
  readonly name: string;
}

/** What a live property is computed from. */
export interface ResourceView {
  readonly entry: Entry;
  /** Looked up only when a quota property was named. */
  readonly usage: Usage | undefined;
  readonly now: Date;
}

interface LiveProperty extends PropertyName {
  /** Part of allprop and propname; the others are told only when named. */
  readonly isCommon: boolean;
  /** Inner XML, or undefined where the resource has no such property. */
  readonly render: (view: ResourceView) => string | undefined;
}

/** The properties this server computes (RFC 4918 section 15, RFC 4331, and what Explorer and rclone ask for). */
export const LIVE_PROPERTIES: readonly LiveProperty[] = [
  common('creationdate', ({ entry }) => isoDate(entry.createdAt)),
  common('displayname', ({ entry }) => (entry.name === '' ? undefined : escapeText(entry.name))),
  common('getcontentlength', ({ entry }) => (entry.kind === 'file' ? String(entry.sizeBytes) : undefined)),
  common('getcontenttype', ({ entry }) => (entry.kind === 'file' ? mediaTypeOf(entry.name) : undefined)),
  common('getetag', ({ entry }) => (entry.kind === 'file' ? escapeText(entry.etag) : undefined)),
  common('getlastmodified', ({ entry }) => httpDate(entry.modifiedAt)),
  common('resourcetype', ({ entry }) => (entry.kind === 'directory' ? '<D:collection/>' : '')),
  common('supportedlock', () => SUPPORTED_LOCKS),
  common('lockdiscovery', ({ entry, now }) => formatLocks(entry.locks ?? [], now)),
  named('quota-available-bytes', ({ usage }) => usage && String(usage.availableBytes)),
  named('quota-used-bytes', ({ usage }) => usage && String(usage.usedBytes)),
  // rclone writes and reads a file's own date under this name.
  named('lastmodified', ({ entry }) => String(Math.floor(entry.modifiedAt.getTime() / 1000))),
  {
    namespace: WINDOWS_NAMESPACE,
    name: 'Win32LastModifiedTime',
    isCommon: false,
    render: ({ entry }) => httpDate(entry.modifiedAt),
  },
];

const LIVE_BY_KEY = new Map(LIVE_PROPERTIES.map((property) => [keyOf(property), property]));

/** The live property of that name, if there is one. */
export function liveProperty(name: PropertyName): LiveProperty | undefined {
  return LIVE_BY_KEY.get(keyOf(name));
}

/** Those that set the file's own date when a client writes them; every other live property is protected. */
export function setsModifiedAt({ namespace, name }: PropertyName): boolean {
  return namespace === DAV_NAMESPACE ? name === 'lastmodified' : isWindowsDate({ namespace, name });
}

function isWindowsDate({ namespace, name }: PropertyName): boolean {
  return namespace === WINDOWS_NAMESPACE && name === 'Win32LastModifiedTime';
}

/** One spelling for a name and its namespace; a blank stands in neither. */
export function keyOf({ namespace, name }: PropertyName): string {
  return `${namespace} ${name}`;
}

/**
 * An element of that name in its own namespace (RFC 4918 section 8.6), empty when `inner` is. D and Z are declared on the
 * root of a multistatus: Explorer sets three properties on every file, and has room for a megabyte of answer.
 */
export function propertyElement(name: PropertyName, inner: string): string {
  return elementOf(name)(inner);
}

/** The same for many: what all elements of one name share is put together once. */
export function elementOf({ namespace, name }: PropertyName, attributes = ''): (inner: string) => string {
  const prefix = PREFIXES.get(namespace) ?? 'x:';
  const declaration = PREFIXES.has(namespace) ? '' : ` xmlns:x="${escapeAttribute(namespace)}"`;
  const tag = `${prefix}${name}${declaration}${attributes}`;
  const empty = `<${tag}/>`;
  const start = `<${tag}>`;
  const end = `</${prefix}${name}>`;
  return (inner) => (inner === '' ? empty : start + inner + end);
}

const PREFIXES = new Map([
  ['', ''],
  [DAV_NAMESPACE, 'D:'],
  [WINDOWS_NAMESPACE, 'Z:'],
]);

/** A property that is only kept. */
export function deadElement(property: DeadProperty): string {
  const { language, value } = property;
  return elementOf(property, language === null ? '' : ` xml:lang="${escapeAttribute(language)}"`)(value);
}

function common(name: string, render: LiveProperty['render']): LiveProperty {
  return { namespace: DAV_NAMESPACE, name, isCommon: true, render };
}

function named(name: string, render: LiveProperty['render']): LiveProperty {
  return { namespace: DAV_NAMESPACE, name, isCommon: false, render };
}
