// The daemon's WebDAV and SFTP doors over its storage, `doors.mjs FOLDER`, without configuration, pages and mail, which take
// half of a daemon's start. Runs beside the `dist` of the copied build; says on standard output where it listens.
import { join } from 'node:path';
import { createSftpDoor, loadOrCreateHostKey } from './dist/protocols/sftp/index.js';
import { createWebdavDoor } from './dist/protocols/webdav/index.js';
import { createHttpServer } from './dist/server/http.js';
import { createLogger } from './dist/server/logger.js';
import { systemClock as clock, createStorage } from './dist/storage/index.js';

const [directory] = process.argv.slice(2);
const logger = createLogger({ level: 'silent', clock });
const storage = await createStorage({
  databaseUrl: `sqlite:${join(directory, 'peps.sqlite')}`,
  dataDir: directory,
  masterKeyFile: join(directory, 'master.key'),
  clock,
  settings: { quietSeconds: 900 },
});
await storage.start();
const address = '127.0.0.1';
const http = createHttpServer({ address, port: 0, logger });
const httpPort = await http.listen();
http.serve({
  webdav: createWebdavDoor({ storage, clock, logger }).handle,
  pages: (_request, response) => response.writeHead(404).end(),
  isHealthy: async () => true,
});
const hostKey = await loadOrCreateHostKey(join(directory, 'ssh-host-key'));
const sftp = createSftpDoor({
  storage,
  clock,
  logger,
  hostKeys: { current: hostKey, next: null },
  address,
  port: 0,
});
const { port: sftpPort } = await sftp.start();
process.stdout.write(`${JSON.stringify({ httpPort, sftpPort })}\n`);
