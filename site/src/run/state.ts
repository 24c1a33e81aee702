import type { Tier } from '../../../labs/kit/finding.ts'
import type { PresentedEvent, PresentedFinding, PresentedVerdict } from '../../../runner/http/present.ts'

export interface RunCheck {
  readonly check: string
  readonly tier: Tier
  readonly title: string
  readonly running: boolean
  readonly finding?: PresentedFinding
}

/** Everything the page shows of one submission, folded from its events. */
export interface Run {
  readonly phase: 'sending' | 'queued' | 'preparing' | 'checking' | 'done'
  readonly queue?: { readonly place: number; readonly running: number; readonly waitSeconds?: number }
  readonly attempt: number
  readonly checks: readonly RunCheck[]
  readonly doing?: string
  readonly verdict?: PresentedVerdict
}

/** A submission nothing is known of yet but what will be asked. */
export const begun = (checks: readonly Pick<RunCheck, 'check' | 'tier' | 'title'>[]): Run => ({
  phase: 'sending',
  attempt: 0,
  checks: checks.map((check) => ({ ...check, running: false })),
})

/** The run after one more event. Pure; `preparing` starts the checks anew, since a second worker asks all of them again. */
export const fold = (run: Run, event: PresentedEvent): Run => {
  switch (event.type) {
    case 'queued': {
      const { type: _, ...queue } = event
      return { ...run, phase: 'queued', queue }
    }
    case 'preparing':
      return { ...begun(run.checks), phase: 'preparing', attempt: event.attempt, checks: run.checks.map(unanswered) }
    case 'checking':
      return { ...without(run, 'queue'), phase: 'checking', checks: event.checks.map((check) => ({ ...check, running: false })) }
    case 'doing':
      return { ...run, doing: event.what }
    case 'started':
      return { ...run, checks: run.checks.map((check) => (check.check === event.check ? { ...check, running: true } : check)) }
    case 'finding':
      return { ...run, checks: run.checks.map((check) => answered(check, [event.finding])) }
    case 'verdict': {
      const { findings } = event.verdict
      const checks = run.checks.map((check) => ({ ...answered(check, findings), running: false }))
      return { ...without(without(run, 'queue'), 'doing'), phase: 'done', checks, verdict: event.verdict }
    }
    default:
      return ignored(run, event)
  }
}

/** A newer server may send what this page does not know yet; the run stays as it is. */
const ignored = (run: Run, _event: never): Run => run

const unanswered = ({ finding: _, ...check }: RunCheck): RunCheck => ({ ...check, running: false })

const answered = (check: RunCheck, findings: readonly PresentedFinding[]): RunCheck => {
  const finding = findings.find((candidate) => candidate.check === check.check)
  return finding === undefined ? check : { ...check, running: false, finding }
}

const without = <K extends 'queue' | 'doing'>(run: Run, key: K): Omit<Run, K> => {
  const { [key]: _, ...rest } = run
  return rest
}

export interface Count {
  readonly passed: number
  readonly answered: number
  readonly all: number
  readonly firstFailed?: RunCheck
}

/** How many checks passed, and the first that did not. */
export const countOf = (run: Run): Count => {
  const passed = run.checks.filter(({ finding }) => finding?.status === 'passed').length
  const answeredOnes = run.checks.filter(({ finding }) => finding !== undefined)
  const firstFailed = run.checks.find(({ finding }) => finding && ['failed', 'rejected', 'exhausted'].includes(finding.status))
  return { passed, answered: answeredOnes.length, all: run.checks.length, ...(firstFailed ? { firstFailed } : {}) }
}
