import { customAlphabet } from 'nanoid'

/** Everything that can be our fault. The learner's mistakes are findings, never faults. */
export const FAULTS = {
  'engine.unavailable': { status: 503, fix: 'Run `hatoba doctor`; it names the command that starts the container engine.' },
  'engine.failed': { status: 502, fix: 'Look at the log line with this id; the engine refused something it normally does.' },
  'engine.timeout': { status: 504, fix: 'The container engine is overloaded or hung: `hatoba doctor`, then restart the engine.' },
  'image.missing': { status: 503, fix: 'Run `hatoba up`; it builds the lab images.' },
  'image.build': { status: 503, fix: 'Run `hatoba doctor`; the output of the failed build is in the data folder under `logs/`.' },
  'sandbox.impossible': { status: 501, fix: 'This engine cannot do what the lab needs; use Docker Engine.' },
  'cluster.unavailable': { status: 503, fix: 'Run `hatoba doctor`; `hatoba up --kind` starts a cluster where none is reachable.' },
  'cluster.failed': { status: 502, fix: 'Look at the log line with this id; the API server refused something it normally does.' },
  'cluster.timeout': {
    status: 504,
    fix: 'The cluster is overloaded or short of nodes: `kubectl get nodes` and `kubectl get pods -A` say more.',
  },
  'cluster.forbidden': {
    status: 503,
    fix: 'The account in the kubeconfig lacks the right that the log line names; give it, or use another account.',
  },
  'prober.failed': { status: 502, fix: 'Look at the log line with this id; the traffic generator inside the sandbox stopped.' },
  'lab.broken': { status: 500, fix: 'Run `hatoba lab verify` on this lab and tell its author.' },
  'store.failed': { status: 503, fix: 'Check the free space of the data folder, then start Hatoba again.' },
  'store.locked': { status: 503, fix: 'Another Hatoba uses this data folder: stop it, or choose another with --data.' },
  'worker.lost': { status: 503, fix: 'The submission was tried three times and its worker ended each time; see the log.' },
  internal: { status: 500, fix: 'This is a defect of Hatoba: report the log line with this id.' },
} as const

export type FaultCode = keyof typeof FAULTS

const newId = customAlphabet('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 6)

/**
 * Ours, not the learner's. Carries a closed code, the operator's fix and an id that joins the learner's screen to the log.
 * The message is for the log: one sentence saying what did not happen, with the cause attached.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly id = `F-${newId()}`

  constructor(code: FaultCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  get fix(): string {
    return FAULTS[this.code].fix
  }

  get status(): (typeof FAULTS)[FaultCode]['status'] {
    return FAULTS[this.code].status
  }

  /** Any thrown value as a Fault; a Fault stays itself. */
  static from(thrown: unknown, code: FaultCode = 'internal'): Fault {
    if (thrown instanceof Fault) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new Fault(code, message, { cause: thrown })
  }
}
