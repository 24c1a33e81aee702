import type { Abortable, RequestRecord, RequestTemplate, Traffic, TrafficPlan } from '../../runner/sandbox/contract.ts'

/**
 * One request from the prober on a connection of its own: what became of it. Being refused is a result too.
 * Rejects when the signal is aborted.
 */
export const ask = async (
  sandbox: { traffic(plan: TrafficPlan, o?: Abortable): Promise<Traffic> },
  target: { readonly name: string; readonly port: number },
  request: RequestTemplate,
  { timeoutMs, signal }: Required<Abortable> & { readonly timeoutMs: number },
): Promise<RequestRecord> => {
  await using once = await sandbox.traffic(
    {
      targets: [target],
      request,
      arrivals: { kind: 'closed', clients: 1 },
      connections: 'fresh',
      requests: 1,
      seconds: timeoutMs / 1000 + 1,
      timeoutMs,
    },
    { signal },
  )
  await once.reached({ answered: 1 }, { signal })
  const [record] = (await once.end({ signal })).requests
  if (record === undefined) throw new Error(`the prober recorded no ${request.method ?? 'GET'} ${request.path}`)
  return record
}
