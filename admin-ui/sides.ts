import type { Side } from '../storage/index.js';
import type { Visit } from '../web/routes.js';

const SIDES: readonly Side[] = ['partner', 'house'];

/** Undefined for anything but a side. */
export function parseSide(text: string | undefined): Side | undefined {
  return SIDES.find((side) => side === text);
}

/** The house goes by its own name. */
export function sideName(visit: Visit, side: Side): string {
  return side === 'house' && visit.houseName !== '' ? visit.houseName : visit.words.kit.sides[side];
}

/** Both sides as the choices of a field, partners first: most newcomers are. */
export function sideChoices(visit: Visit) {
  return SIDES.map((side) => ({ value: side, label: sideName(visit, side) }));
}
