import type { VirtualPath } from '../storage/index.js';
import type { TrailStep } from '../web/components/trail.js';
import type { Visit } from '../web/routes.js';
import { directoryAddress } from './addresses.js';

/** The steps from « Espace commun » down to a directory. */
export function trailTo(visit: Visit, path: VirtualPath): TrailStep[] {
  return [
    { label: visit.words.portal.group.title, href: '/groupes' },
    ...path.segments.map((label, index) => ({
      label,
      href: directoryAddress({ segments: path.segments.slice(0, index + 1) }),
    })),
  ];
}
