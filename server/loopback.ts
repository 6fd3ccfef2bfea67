/** True for addresses that only this machine reaches. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.|^::ffff:127\./u.test(address);
}
