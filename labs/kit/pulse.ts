import type { Abortable, RequestRecord, Sandbox } from '../../runner/sandbox/contract.ts'

/** Somebody who asks a service of ours for nothing, and so is answered at once, unless the machine has no time for any of us. */
export interface Pulse extends AsyncDisposable {
  /** After how many milliseconds the latest answer came, counted from when its request was due. Nobody asks any more then. */
  latestMs(): Promise<number>
}

const PER_SECOND = 10
const TIMEOUT_MS = 10_000

/** Begins to ask, ten times a second, until it is read or disposed of. Rejects when the signal is aborted. */
export const takePulse = async (
  sandbox: Pick<Sandbox, 'traffic'>,
  target: { readonly name: string; readonly port: number },
  { path, signal }: Required<Abortable> & { readonly path: string },
): Promise<Pulse> => {
  const traffic = await sandbox.traffic(
    {
      targets: [target],
      request: { path },
      arrivals: { kind: 'open', perSecond: PER_SECOND },
      connections: 'keep-alive',
      seconds: 120,
      timeoutMs: TIMEOUT_MS,
    },
    { signal },
  )
  return {
    latestMs: async () => Math.max(0, ...(await traffic.end({ signal })).requests.map(felt)),
    [Symbol.asyncDispose]: () => traffic[Symbol.asyncDispose](),
  }
}

/** From when a request was due to its answer, in milliseconds: what a customer feels, whoever kept it waiting. */
export const felt = ({ scheduledAt, endedAt }: RequestRecord): number => endedAt - scheduledAt
