// A relay on loopback that breaks off what goes through it, as networks do.
import { connect, createServer } from 'node:net';

/** Relays a port of its own to another one; the caller closes it. `cut` breaks off all connections, new ones for so long too. */
export async function startRelay(targetPort) {
  const sockets = new Set();
  let isDown = false;
  const server = createServer((client) => {
    if (isDown) return client.on('error', () => {}).resetAndDestroy();
    const target = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ]) {
      sockets.add(from);
      from
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    async cut(milliseconds) {
      isDown = true;
      for (const socket of sockets) socket.resetAndDestroy();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      isDown = false;
    },
    close: () => server.close(),
  };
}
