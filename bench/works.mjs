// The works in which servers are compared, each given a door and what its peers must be: ratios that are enough, and aimed at.

/** Ahead of these on every row. */
const AHEAD = { rclone: [1, 1], nephele: [1, 1] };

/** A row for `compare`: the same work at our door and at that of every peer; `goals` are `[least, aim]` by the peer's name. */
export function rowOf({ title, unit, ours, peers, goals, floor }, work) {
  return {
    title,
    unit,
    floor,
    ours: work(ours),
    peers: peers.map((peer) => {
      const [least, aim] = { ...AHEAD, ...goals }[peer.name] ?? [];
      return { name: peer.name, least, aim, work: work(peer) };
    }),
  };
}
