import type { CatalogueLab, LabFolder } from '../../labs/kit/catalogue.ts'
import { type Answer, exhausted, type Finding, type Outcome, type Verdict } from '../../labs/kit/finding.ts'
import type { Check, Context, Halt, InsideOf, SandboxNeed } from '../../labs/kit/lab.ts'
import { Fault } from '../fault.ts'
import type { Missing } from '../sandbox/missing.ts'
import type { GradingEvent } from './events.ts'
import { answered, doingText, incomplete, skipped } from './findings.ts'
import { type Drivers, type Place, placeOf } from './place.ts'
import { storable } from './storable.ts'

export interface Grading extends Drivers {
  readonly submission: string
  /** Different for every learner, the same for every try of one. */
  readonly seed: number
  readonly emit: (event: GradingEvent) => void
  readonly signal: AbortSignal
  /** Told why a sandbox could not be removed; the sweep will try again. */
  readonly onLeft?: (cause: unknown) => void
}

type AnyCheck = Check<Record<string, 'edit'>, string, unknown>

/** Seconds a whole grading of this lab may take. */
export const secondsOf = ({ lab }: CatalogueLab): number => lab.seconds ?? 120

/**
 * Grades one submission: the static checks first, and only if none of them fails the lab's sandbox, once, for its
 * observation and the checks that ask about it. Read-only files are the lab's own, whatever was sent. Findings are emitted as they are made; the verdict is returned, not emitted.
 *
 * @throws Fault when something of ours broke; the learner's mistakes are findings.
 */
export const grade = async (lab: CatalogueLab, files: Readonly<Record<string, string>>, using: Grading): Promise<Verdict> => {
  const began = performance.now()
  const seconds = secondsOf(lab)
  const deadline = AbortSignal.timeout(seconds * 1000)
  const signal = AbortSignal.any([using.signal, deadline])
  const findings = new Map<string, Finding>()
  const asking: Asking = {
    lab,
    using: { ...using, signal },
    context: { files: { ...files, ...readOnly(lab) }, signal, seed: using.seed },
    checks: Object.entries(lab.lab.checks) as [string, AnyCheck][],
    findings,
    record: (made) => {
      const finding = storable(made)
      findings.set(finding.check, finding)
      using.emit({ type: 'finding', finding })
    },
  }
  using.emit({ type: 'checking', checks: asking.checks.map(([check, { tier }]) => ({ check, tier, title: titleOf(lab, check) })) })

  let ran: Ran | undefined
  try {
    ran = await throughTiers(asking)
  } catch (thrown) {
    if (using.signal.aborted || !deadline.aborted) throw thrown
    outOfTime(asking, seconds)
  }
  return {
    outcome: fold([...findings.values()]),
    findings: asking.checks.map(([id]) => findings.get(id)).filter((finding) => finding !== undefined),
    ms: performance.now() - began,
    ...ran,
  }
}

const readOnly = ({ lab, starter }: CatalogueLab): LabFolder =>
  Object.fromEntries(Object.entries(starter).filter(([path]) => lab.files[path] === 'read'))

/** One grading under way. */
interface Asking {
  readonly lab: CatalogueLab
  readonly using: Grading
  readonly context: Context<Record<string, 'edit'>>
  readonly checks: readonly (readonly [string, AnyCheck])[]
  readonly findings: ReadonlyMap<string, Finding>
  readonly record: (finding: Finding) => void
}

/** Where the deeper checks ran, or what was missing for them. */
type Ran = Pick<Verdict, 'sandbox' | 'missing'>

/** Cheapest first. Undefined where the static checks have said everything. */
const throughTiers = async (asking: Asking): Promise<Ran | undefined> => {
  const { lab, using, context, checks, findings, record } = asking
  for (const [id, check] of checks) if (check.tier === 'static') await ask(asking, id, check, () => check.run(context))
  const deeper = checks.filter(([, check]) => check.tier !== 'static')
  const stopped = [...findings.values()].find(({ status }) => status !== 'passed')
  if (stopped !== undefined) for (const [id, { tier }] of deeper) record(skipped(lab, id, tier, stopped.check))
  if (stopped !== undefined || deeper.length === 0) return undefined
  const need = lab.lab.sandbox
  if (need === undefined) throw new Fault('lab.broken', `lab ${lab.lab.id} has sandbox checks but names no sandbox`)
  const place = placeOf(need, using)
  const probed = await place.probe({ signal: using.signal })
  const missing = probed.ready ? await inside(asking, place, deeper) : probed
  if (missing === undefined) return { sandbox: place.sandbox }
  for (const [id, { tier }] of deeper) record(incomplete(id, tier, missing))
  const { ready: _, ...told } = missing
  return { missing: told }
}

/**
 * Opens the lab's sandbox, does to the work what the lab is about, and asks what is left to ask. Nothing is asked in a sandbox
 * that lacks a power the lab needs; then it answers what is missing.
 */
const inside = async (asking: Asking, place: Place, checks: Asking['checks']): Promise<Missing | undefined> => {
  const { lab, using, context, record } = asking
  const opened = await place.open(
    { submission: using.submission, kind: lab.lab.id, deadlineSeconds: secondsOf(lab) },
    { signal: using.signal },
  )
  if ('because' in opened) return opened
  // What was seen stands, whether or not the engine can remove the sandbox now; what is left, the sweep takes.
  await using _opened = {
    [Symbol.asyncDispose]: async () => {
      try {
        await opened[Symbol.asyncDispose]()
      } catch (thrown) {
        using.onLeft?.(thrown)
      }
    },
  }
  const within = {
    ...context,
    ...opened.holds,
    doing: (key: string) => using.emit({ type: 'doing', what: doingText(lab, key) }),
  } as InsideOf<Record<string, 'edit'>, SandboxNeed>
  const start = performance.now()
  const seen = await guarded(`observe ${lab.lab.id}`, using.signal, () => lab.lab.observe?.(within))
  if (!isHalt(seen)) {
    // The catalogue has made sure that the tier of a check is that of its sandbox.
    for (const [id, { run, ...check }] of checks)
      await ask(asking, id, check, () => (run as (context: unknown) => Answer | Promise<Answer>)({ ...within, seen }))
    return undefined
  }
  const halted = checks.find(([id]) => id === seen.halt)
  if (halted === undefined) throw new Fault('lab.broken', `lab ${lab.lab.id} halts at ${seen.halt}, which is no sandbox check of it`)
  record(answered(lab, seen.halt, halted[1].tier, seen.answer, performance.now() - start))
  for (const [id, { tier }] of checks) if (id !== seen.halt) record(skipped(lab, id, tier, seen.halt))
  return undefined
}

const ask = async (
  asking: Asking,
  id: string,
  check: Pick<AnyCheck, 'tier' | 'needs'>,
  question: () => Answer | Promise<Answer>,
): Promise<void> => {
  const { lab, using, findings, record } = asking
  const unmet = check.needs?.find((need) => findings.get(need)?.status !== 'passed')
  if (unmet !== undefined) return record(skipped(lab, id, check.tier, unmet))
  using.emit({ type: 'started', check: id })
  const start = performance.now()
  const answer = await guarded(`check ${lab.lab.id}/${id}`, using.signal, question)
  record(answered(lab, id, check.tier, answer, performance.now() - start))
}

/** The grading's own deadline passed: the first check without an answer says so, the others were not asked. */
const outOfTime = ({ lab, checks, findings, record }: Asking, seconds: number): void => {
  const [first, ...rest] = checks.filter(([id]) => !findings.has(id))
  if (first === undefined) return
  const ended = { by: 'limit', limit: 'time', allowed: seconds, unit: 's' } as const
  record(answered(lab, first[0], first[1].tier, exhausted(ended, lab.lab.id), 0))
  for (const [id, { tier }] of rest) record(skipped(lab, id, tier, first[0]))
}

/** Runs lab code. What it throws is a fault of the lab or of the engine, never the learner's; a cancelled signal stays an abort. */
const guarded = async <T>(what: string, signal: AbortSignal, run: () => T | Promise<T>): Promise<T> => {
  try {
    return await run()
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof Fault) throw cause
    throw new Fault('lab.broken', `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

const isHalt = (value: unknown): value is Halt => typeof value === 'object' && value !== null && 'halt' in value && 'answer' in value

const titleOf = (lab: CatalogueLab, check: string) => ({
  en: lab.text.en.checks[check]?.title ?? check,
  ja: lab.text.ja.checks[check]?.title ?? check,
})

/** The worst thing found names the outcome; a check that was skipped says nothing of its own. */
const WORST_FIRST = [
  ['rejected', 'rejected'],
  ['exhausted', 'exhausted'],
  ['failed', 'failed'],
  ['incomplete', 'incomplete'],
] as const satisfies readonly (readonly [Finding['status'], Outcome])[]

const fold = (findings: readonly Finding[]): Outcome =>
  WORST_FIRST.find(([status]) => findings.some((finding) => finding.status === status))?.[1] ?? 'passed'
