import { accountAdd } from './account-add.js';
import { accountKeyAdd } from './account-key-add.js';
import { accountKeyList } from './account-key-list.js';
import { accountKeyRemove } from './account-key-remove.js';
import { accountLimit } from './account-limit.js';
import { accountList } from './account-list.js';
import { accountPassword } from './account-password.js';
import { accountResume } from './account-resume.js';
import { accountSuspend } from './account-suspend.js';
import { activity } from './activity.js';
import { check } from './check.js';
import type { Command } from './command.js';
import { configCheck } from './config-check.js';
import { configPrint } from './config-print.js';
import { demo } from './demo.js';
import { groupAdd } from './group-add.js';
import { groupList } from './group-list.js';
import { groupMemberSet } from './group-member-set.js';
import { groupSet } from './group-set.js';
import { hostKey } from './host-key.js';
import { hostKeyCancel } from './host-key-cancel.js';
import { hostKeyRotate } from './host-key-rotate.js';
import { lockList } from './lock-list.js';
import { lockRemove } from './lock-remove.js';
import { outbox } from './outbox.js';
import { serve } from './serve.js';
import { transfers } from './transfers.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serve,
  demo,
  accountAdd,
  accountPassword,
  accountKeyAdd,
  accountKeyList,
  accountKeyRemove,
  accountLimit,
  accountSuspend,
  accountResume,
  accountList,
  groupAdd,
  groupSet,
  groupMemberSet,
  groupList,
  activity,
  outbox,
  transfers,
  lockList,
  lockRemove,
  check,
  configCheck,
  configPrint,
  hostKey,
  hostKeyRotate,
  hostKeyCancel,
];
