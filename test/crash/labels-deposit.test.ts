import { describe } from 'vitest';
import { DEPOSITS, WHOLE_DAEMON_DEPOSIT } from './deposits.js';
import { describeEveryLabel } from './every-label.js';

describe('a deposit, whose daemon dies at a labelled step', () => {
  describe('the whole daemon', () => describeEveryLabel([WHOLE_DAEMON_DEPOSIT], 'startDaemon'));
  describe('its doors', () => describeEveryLabel(DEPOSITS));
});
