const HEADER = 8

/** One piece of a container's output as the engine frames it. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Buffer
}

/** Whole frames out of the engine's multiplexed stream, however the bytes arrive. A stream cut short ends without its last frame. */
export async function* demux(source: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Frame, void, void> {
  let parts: Buffer[] = []
  let length = 0
  let wanted = HEADER
  let stream: Frame['stream'] | undefined
  for await (const chunk of source) {
    parts.push(chunk)
    length += chunk.length
    while (length >= wanted) {
      const whole = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
      const piece = whole.subarray(0, wanted)
      const rest = whole.subarray(wanted)
      parts = rest.length > 0 ? [rest] : []
      length = rest.length
      if (stream === undefined) {
        stream = piece[0] === 2 ? 'stderr' : 'stdout'
        wanted = piece.readUInt32BE(4)
      } else {
        yield { stream, bytes: piece }
        stream = undefined
        wanted = HEADER
      }
    }
  }
}
