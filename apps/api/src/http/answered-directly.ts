/**
 * What a handler returns that has written to Node's response itself: the header tells the framework's server that it has
 * nothing to send. One for all, since nobody reads or changes it.
 */
export const ANSWERED_DIRECTLY = new Response(null, { headers: { "x-hono-already-sent": "true" } });
