import type { Abortable, Service } from '../../runner/sandbox/contract.ts'
import { exhausted, fail } from './finding.ts'
import { type Halt, halt } from './lab.ts'

/**
 * Ends the observation of a service that did not become ready, and the service: the check `starts` answers `ended` with its code, or
 * `silent` where its port stayed closed, and shows its log.
 */
export const neverReady = async (
  service: Service,
  { port, seconds, signal }: Required<Abortable> & { readonly port: number; readonly seconds: number },
): Promise<Halt> => {
  const exit = service.readiness.ready ? undefined : service.readiness.exited
  if (exit === undefined) await service.signal('SIGKILL')
  const lines = await Array.fromAsync(service.logs({ signal }))
  const detail = { evidence: [{ kind: 'log', lines, ...(lines.length > 0 && { points: [lines.length - 1] }) } as const] }
  if (exit?.limit) return halt('starts', exhausted(exit.limit, service.name, detail))
  return halt('starts', exit === undefined ? fail('silent', { port, seconds }, detail) : fail('ended', { code: exit.code }, detail))
}
