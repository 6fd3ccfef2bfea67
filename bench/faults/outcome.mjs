/** What a client learned of an operation. Only `acknowledged` binds the appliance; `unknown` may have happened, but whole. */
export const ACKNOWLEDGED = 'acknowledged';
export const REFUSED = 'refused';
export const UNKNOWN = 'unknown';
