import type { Side } from '../storage/index.js';
import { Avatar } from '../web/components/avatar.js';
import { BreakableAddress } from '../web/components/breakable-address.js';

interface PersonProps {
  readonly name: string;
  readonly side: Side;
  /** Second line: an address, or what the account is. */
  readonly detail: string;
}

/** Somebody in a table: avatar, name, address. */
export function Person({ name, side, detail }: PersonProps) {
  return (
    <span class="person">
      <Avatar name={name} side={side} />
      <span>
        <b>{name}</b>
        <span class="meta">
          <BreakableAddress text={detail} />
        </span>
      </span>
    </span>
  );
}
