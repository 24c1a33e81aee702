import { createHash } from 'node:crypto'

/**
 * Whose sandboxes these are: one name for each data folder, so that a start after a crash finds what the crash left. A command that
 * grades beside a running server has a name of its own, which the server's sweep leaves alone.
 */
export const instanceOf = (data: string, { besideServer = false } = {}): string => {
  const name = createHash('sha256').update(data).digest('hex').slice(0, 12)
  return besideServer ? `${name}-${process.pid}` : name
}
