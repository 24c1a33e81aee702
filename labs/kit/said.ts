import type { LogLine, Service } from '../../runner/sandbox/contract.ts'

/** What a service has said until now, without waiting for more. */
export const saidSoFar = async (service: Service): Promise<LogLine[]> => {
  const lines: LogLine[] = []
  const enough = new AbortController()
  const reading = (async () => {
    for await (const line of service.logs({ signal: enough.signal })) lines.push(line)
  })().catch(() => {})
  // Lines that are there already come without a wait in between; one turn of the timers is after all of them.
  await new Promise((resolve) => setTimeout(resolve))
  enough.abort()
  await reading
  return lines
}
