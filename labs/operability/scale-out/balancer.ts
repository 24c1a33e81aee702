import { z } from 'zod'
import type { LogLine } from '../../kit/index.ts'

const line = z.discriminatedUnion('event', [
  z.object({ event: z.literal('found'), name: z.string(), address: z.string() }),
  z.object({ event: z.literal('passed'), id: z.string(), to: z.string(), status: z.string() }),
])

/**
 * The balancer's own account: which copy answered which request, by the prober's id. Read in its order, because a new copy may get
 * the address of one that is gone.
 */
export const passedTo = (log: readonly LogLine[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  const passed = new Map<string, string>()
  for (const { stream, text } of log) {
    const event = stream === 'stdout' && text.startsWith('{"event"') ? read(text) : undefined
    if (event?.event === 'found') names.set(event.address, event.name)
    if (event?.event !== 'passed') continue
    // Where a copy did not answer, nginx names it and then the next one it asked.
    const name = names.get(event.to.split(', ').at(-1) ?? '')
    if (name !== undefined) passed.set(event.id, name)
  }
  return passed
}

const read = (text: string) => {
  try {
    return line.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** What nginx refuses, and the line of the file it says it about. */
export const complaintIn = (
  log: readonly LogLine[],
): { readonly message: string; readonly file?: string; readonly line?: number } | undefined => {
  const text = log.map((each) => /\[emerg\] \d+#\d+: (.*)$/.exec(each.text)?.[1]).find((found) => found !== undefined)
  const placed = /^(.*) in \/work\/([\w.-]+):(\d+)$/.exec(text ?? '')
  if (placed) return { message: placed[1] ?? '', file: placed[2] ?? '', line: Number(placed[3]) }
  return text === undefined ? undefined : { message: text }
}
