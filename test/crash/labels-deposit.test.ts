import { describe } from 'vitest';
import { FIRST_DEPOSIT, OTHER_DEPOSITS } from './deposits.js';
import { describeEveryLabel } from './every-label.js';

describe('a deposit, whose daemon dies at a labelled step', () => {
  describe('the whole daemon', () => describeEveryLabel([FIRST_DEPOSIT], 'startDaemon'));
  describe('its doors', () => describeEveryLabel(OTHER_DEPOSITS));
});
