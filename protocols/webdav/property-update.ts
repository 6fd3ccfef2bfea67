import type { PropertyChange } from '../../storage/index.js';
import { parseHttpDate } from './conditions.js';
import { badRequest, HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { liveProperty, type PropertyName, propertyElement, setsModifiedAt } from './properties.js';
import { MAX_NAMES } from './property-request.js';
import { davChild, elementsOf, isDav, textOf, type XmlElement } from './xml.js';
import { serializeContent } from './xml-output.js';

/** What a PROPPATCH asks for, in the order of the document. */
export interface PropertyUpdate {
  /** To be kept, or removed, as they are. */
  readonly changes: readonly PropertyChange[];
  /** The file's own date, where a client sets it by one of its names. */
  readonly modifiedAt: Date | undefined;
  /** All that is named, each with why it alone could not be done; undefined for what could. */
  readonly instructions: readonly (PropertyName & { readonly refusal: number | undefined })[];
}

/** Reads a propertyupdate body (RFC 4918 section 14.19). @throws HttpProblem 400, 413 for more than 256 properties */
export function parsePropertyUpdate(root: XmlElement | undefined): PropertyUpdate {
  if (!root || !isDav(root, 'propertyupdate'))
    throw badRequest('The body of PROPPATCH must be a propertyupdate element.');
  const steps = elementsOf(root).flatMap(readSteps);
  if (steps.length > MAX_NAMES)
    throw new HttpProblem(HttpStatus.contentTooLarge, `PROPPATCH names more than ${MAX_NAMES} properties.`);
  if (steps.length === 0) throw badRequest('PROPPATCH names no property.');
  return {
    changes: steps
      .filter(({ element }) => !setsModifiedAt(element) && !liveProperty(element))
      .map(({ element, isSet }) => ({
        namespace: element.namespace,
        name: element.name,
        value: isSet ? serializeContent(element) : null,
        language: element.language,
      })),
    modifiedAt: steps
      .filter(isDateStep)
      .map(({ element }) => readDate(element))
      .at(-1),
    instructions: steps.map(({ element, isSet }) => ({
      namespace: element.namespace,
      name: element.name,
      refusal: refusalOf(element, isSet),
    })),
  };
}

/** The properties of an answer, as empty elements, of those instructions for which the test holds. */
export function namedElements(
  update: PropertyUpdate,
  holds: (refusal: number | undefined) => boolean,
): string {
  return update.instructions
    .filter(({ refusal }) => holds(refusal))
    .map((name) => propertyElement(name, ''))
    .join('');
}

interface Step {
  readonly element: XmlElement;
  readonly isSet: boolean;
}

function readSteps(instruction: XmlElement): readonly Step[] {
  const isSet = isDav(instruction, 'set');
  if (!isSet && !isDav(instruction, 'remove')) return [];
  const prop = davChild(instruction, 'prop');
  if (!prop) throw badRequest('An instruction of PROPPATCH must hold a prop element.');
  return elementsOf(prop).map((element) => ({ element, isSet }));
}

function isDateStep({ element, isSet }: Step): boolean {
  return isSet && setsModifiedAt(element);
}

function refusalOf(element: XmlElement, isSet: boolean): number | undefined {
  if (!setsModifiedAt(element)) return liveProperty(element) ? HttpStatus.forbidden : undefined;
  return isSet && readDate(element) === undefined ? HttpStatus.conflict : undefined;
}

/** An HTTP date, as Explorer writes it, or seconds since 1970, as rclone does. */
function readDate(element: XmlElement): Date | undefined {
  const text = textOf(element).trim();
  const milliseconds = /^\d{1,11}$/u.test(text) ? Number(text) * 1000 : parseHttpDate(text);
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
