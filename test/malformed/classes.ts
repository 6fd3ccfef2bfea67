import { bodies } from './bodies.js';
import type { CaseClass } from './cases.js';
import { framing } from './framing.js';
import { headerValues } from './header-values.js';
import { mutations } from './mutations.js';
import { paths } from './paths.js';
import { pipelines } from './pipelines.js';
import { xmlBodies } from './xml-bodies.js';

export const CLASSES: readonly CaseClass[] = [
  framing,
  xmlBodies,
  headerValues,
  paths,
  bodies,
  pipelines,
  mutations,
];
