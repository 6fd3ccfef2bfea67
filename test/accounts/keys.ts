/** Public keys made by ssh-keygen for these tests, with the fingerprints it printed; their private halves are gone. */
export const KEYS = {
  ed25519: {
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDO1zwHUwISsbtAuiNnpaNYqo7VpA+2di0eNiqB5tlBc poste de nuit',
    fingerprint: 'SHA256:Cv71Fg2qRsyrxzMTTs6PygBFfPbjeRn3m8uxplHymSI',
  },
  nistp256: {
    line: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCOk1hGj7N0rFcgrI/wxB/yb3tJU3233VnqFZMIa0RgHuXzZBC6aANNk1D+SJFnEq8oV25lU88Y1Y91ZkzNnM7c= poste de nuit',
    fingerprint: 'SHA256:oli9/nA8OuI7BTdJt0u70+JdVIM6CSjnpqg8eoD99hQ',
  },
  nistp384: {
    line: 'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBJg4PX9aJDlJH4aUWuQG2dkALpw8WuhNTFP2Oh9axMJWHx9wpukiyOFAxYtQ7PIgh4UguHLPlNWgVXj6tx112eilrxZZuqt+96YAc/yq//Dua6Cx0iFrjWdCM8Jn6ETm/Q== poste de nuit',
    fingerprint: 'SHA256:hHDHDGRA4N5+IL1fqTh/UGlKo9C0l3rwgwnpgK7tM9U',
  },
  nistp521: {
    line: 'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAH/yxRGXKQZ7JpKYs+swDbz7RCaGbeHQLhP8dN2EIxTVer5am8tZRxhfJ40DNx1pxoIlErQTnNkTRcCVg1KlfyqSgABz7chUoe26Lqpc1Fgwbsxr+b38qf1KLe0pHHZhNXvOgIqJRraKwoR3AzxtXOXvjL7GfXuSMLB3jxfxD7EDjN5Rw== poste de nuit',
    fingerprint: 'SHA256:McEimMC1mgKn7BZa+lC1R1+kGN27xKU3WJtzg/MXzvg',
  },
} as const;

/** The wire blob of a line. */
export function blobOf(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}
