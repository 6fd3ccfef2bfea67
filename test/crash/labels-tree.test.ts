import { describe } from 'vitest';
import { describeEveryLabel } from './every-label.js';
import { deleteFolder, RESTORATIONS } from './restorations.js';
import { TREE_ACTS } from './tree-acts.js';

describe('an act on the tree or a reading, whose daemon dies at a labelled step', () =>
  describeEveryLabel(TREE_ACTS));

describe('a restoration, whose daemon dies at a labelled step', () =>
  describeEveryLabel(RESTORATIONS, 'startDaemon', deleteFolder));
