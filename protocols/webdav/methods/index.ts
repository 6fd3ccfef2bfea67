import type { MethodHandler } from '../exchange.js';
import { copy, move } from './copy-move.js';
import { remove } from './delete.js';
import { get, head } from './get.js';
import { lock } from './lock.js';
import { mkcol } from './mkcol.js';
import { options } from './options.js';
import { propfind } from './propfind.js';
import { proppatch } from './proppatch.js';
import { put } from './put.js';
import { unknown } from './unknown.js';
import { unlock } from './unlock.js';

/** All that is not named here is refused; POST stands because webdav-server brings one of its own, which buffers bodies. */
export const METHODS: Readonly<Record<string, MethodHandler>> = {
  OPTIONS: options,
  GET: get,
  HEAD: head,
  PUT: put,
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  MKCOL: mkcol,
  DELETE: remove,
  COPY: copy,
  MOVE: move,
  LOCK: lock,
  UNLOCK: unlock,
  POST: unknown,
};
