#!/usr/bin/env node
'use strict';
// libuv reads this once, before an ES module could set it. Files, the database and password hashes share its threads:
// with the usual four, a storm of sign-ins would freeze every transfer.
process.env.UV_THREADPOOL_SIZE ??= '16';
if (!(Number(process.env.UV_THREADPOOL_SIZE) >= 8)) process.env.UV_THREADPOOL_SIZE = '8';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const main = join(__dirname, '..', 'dist', 'server', 'main.js');
if (existsSync(main)) {
  import(pathToFileURL(main).href);
} else {
  process.stderr.write('peps: not built yet; run "npm run build" first.\n');
  process.exitCode = 1;
}
