import { createServer as createPlainServer, type Server as PlainServer, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import { noteLayerBelow } from '../protocols/arrival.js';
import type { Certificate } from './certificate.js';

const HANDSHAKE_MS = 20_000;

/** A whole request may take hours: what moves its bytes is watched instead (transfer-pace.ts). */
const LIMITS: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 20_000,
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
};

/**
 * TLS 1.2 and 1.3, each suite with forward secrecy and authenticated encryption: what ANSSI recommends, and every client since
 * Windows 8.1 and macOS 10.11 knows one of them. AES-128 comes first: it costs least where the processor helps.
 */
const TLS: TlsOptions = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ecdhCurve: 'X25519:P-256:P-384',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  handshakeTimeout: HANDSHAKE_MS,
  ALPNProtocols: ['http/1.1'],
};

/** What listens: with a certificate over TLS, else in the clear. */
export interface Listener {
  readonly server: PlainServer | TlsServer;
  /** For connections from now on; those that stand go on as they are. */
  useCertificate(certificate: Certificate): void;
}

/** Builds it; nothing listens yet. */
export function createListener(certificate: Certificate | null): Listener {
  if (!certificate) return { server: createPlainServer(LIMITS), useCertificate: () => undefined };
  const server = createTlsServer({ ...LIMITS, ...TLS, ...contextOf(certificate) });
  watchLayersBelow(server);
  return {
    server,
    useCertificate: (next) => server.setSecureContext({ ...TLS, ...contextOf(next) }),
  };
}

/** Node names the connection under an encrypted one nowhere; both have the same other end. */
function watchLayersBelow(server: TlsServer): void {
  const below = new Map<string, Socket>();
  const endOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket: Socket) => {
    const end = endOf(socket);
    below.set(end, socket);
    socket.once('close', () => below.get(end) === socket && below.delete(end));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const layer = below.get(endOf(socket));
    if (layer) noteLayerBelow(socket, layer);
  });
}

function contextOf({ certificate, key }: Certificate): SecureContextOptions {
  return { cert: certificate, key };
}
