import { STATUS_CODES } from 'node:http';
import type { DeadProperty } from '../../storage/index.js';
import { HttpStatus } from './http-status.js';
import {
  deadElement,
  elementOf,
  keyOf,
  LIVE_PROPERTIES,
  liveProperty,
  type PropertyName,
  propertyElement,
  type ResourceView,
} from './properties.js';
import type { PropertyRequest } from './property-request.js';
import { escapeText } from './xml-output.js';

/** Writes one response element of a multistatus for one resource. */
export type ResponseRenderer = (href: string, view: ResourceView) => string;

/** Prepares once what is the same for each of ten thousand children. */
export function createResponseRenderer(request: PropertyRequest): ResponseRenderer {
  if (request.kind === 'propname') return renderNames;
  if (request.kind === 'allprop') return allRenderer(request.include);
  const wanted = request.names.map((name) => {
    const element = elementOf(name);
    return { key: keyOf(name), element, live: liveProperty(name), missing: element('') };
  });
  return (href, view) => {
    let found = '';
    let missing = '';
    for (const { key, element, live, missing: absent } of wanted) {
      const inner = live?.render(view);
      const dead = live ? undefined : deadByKey(view, key);
      if (inner !== undefined) found += element(inner);
      else if (dead) found += deadElement(dead);
      else missing += absent;
    }
    return responseElement(href, [
      { status: HttpStatus.ok, elements: found },
      { status: HttpStatus.notFound, elements: missing },
    ]);
  };
}

/** One response element; an empty group is left out, unless all are (RFC 4918 sections 14.24 and 14.22). */
export function responseElement(
  href: string,
  groups: readonly { readonly status: number; readonly elements: string }[],
): string {
  let propstats = '';
  for (const { status, elements } of groups)
    if (elements !== '') propstats += propstatElement(status, elements);
  const [first] = groups;
  if (propstats === '' && first) propstats = propstatElement(first.status, '');
  return `<D:response><D:href>${escapeText(href)}</D:href>${propstats}</D:response>\n`;
}

function propstatElement(status: number, elements: string): string {
  return `<D:propstat><D:prop>${elements}</D:prop><D:status>HTTP/1.1 ${status} ${STATUS_CODES[status]}</D:status></D:propstat>`;
}

function allRenderer(include: readonly PropertyName[]): ResponseRenderer {
  const extra = new Set(include.map(keyOf));
  const live = LIVE_PROPERTIES.filter((property) => property.isCommon || extra.has(keyOf(property))).map(
    (property) => ({ element: elementOf(property), render: property.render }),
  );
  return (href, view) => {
    let elements = '';
    for (const { element, render } of live) {
      const inner = render(view);
      if (inner !== undefined) elements += element(inner);
    }
    for (const property of view.entry.properties ?? []) elements += deadElement(property);
    return responseElement(href, [{ status: HttpStatus.ok, elements }]);
  };
}

function renderNames(href: string, view: ResourceView): string {
  const live = LIVE_PROPERTIES.filter((property) => property.isCommon && property.render(view) !== undefined);
  const elements = [...live, ...(view.entry.properties ?? [])]
    .map((name) => propertyElement(name, ''))
    .join('');
  return responseElement(href, [{ status: HttpStatus.ok, elements }]);
}

function deadByKey({ entry }: ResourceView, key: string): DeadProperty | undefined {
  return entry.properties?.find((candidate) => keyOf(candidate) === key);
}
