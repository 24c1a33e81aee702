// The log of the payment desk: one event is one line of JSON on standard output. Where it goes from there is the platform's business.

export function log(level, event, fields = {}) {
  // Not a call that waits: what a slow reader has not taken yet is kept by the stream, and the next customer is served meanwhile.
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`)
}
