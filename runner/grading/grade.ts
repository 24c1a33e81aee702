import type { CatalogueLab, LabFolder } from '../../labs/kit/catalogue.ts'
import { type Answer, exhausted, type Finding, type Outcome, type Verdict } from '../../labs/kit/finding.ts'
import type { Check, Context, Halt, SandboxContext, SandboxNeed } from '../../labs/kit/lab.ts'
import { Fault } from '../fault.ts'
import type { Power, Probed, SandboxDriver } from '../sandbox/contract.ts'
import type { GradingEvent } from './events.ts'
import { answered, doingText, incomplete, skipped } from './findings.ts'
import { storable } from './storable.ts'

export interface Grading {
  readonly submission: string
  readonly driver: SandboxDriver
  /** Different for every learner, the same for every try of one. */
  readonly seed: number
  readonly emit: (event: GradingEvent) => void
  readonly signal: AbortSignal
}

type Missing = Extract<Probed, { ready: false }>
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

  let probed: Probed | undefined
  try {
    probed = await throughTiers(asking)
  } catch (thrown) {
    if (using.signal.aborted || !deadline.aborted) throw thrown
    outOfTime(asking, seconds)
  }
  return {
    outcome: fold([...findings.values()]),
    findings: asking.checks.map(([id]) => findings.get(id)).filter((finding) => finding !== undefined),
    ms: performance.now() - began,
    ...(probed?.ready === true ? { sandbox: { driver: using.driver.name, isolation: using.driver.isolation } } : {}),
    ...(probed?.ready === false ? { missing: { because: probed.because, fix: probed.fix } } : {}),
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

/** Cheapest first; whether the driver was ready where one was needed. */
const throughTiers = async (asking: Asking): Promise<Probed | undefined> => {
  const { lab, using, context, checks, findings, record } = asking
  for (const [id, check] of checks) if (check.tier === 'static') await ask(asking, id, check, () => check.run(context))
  const deeper = checks.filter(([, check]) => check.tier !== 'static')
  const stopped = [...findings.values()].find(({ status }) => status !== 'passed')
  if (stopped !== undefined) for (const [id, { tier }] of deeper) record(skipped(lab, id, tier, stopped.check))
  if (stopped !== undefined || deeper.length === 0) return undefined
  const need = lab.lab.sandbox
  if (need === undefined) throw new Fault('lab.broken', `lab ${lab.lab.id} has sandbox checks but names no sandbox`)
  const probed = await using.driver.probe({ signal: using.signal })
  const usable = probed.ready ? ((await inSandbox(asking, need, deeper)) ?? probed) : probed
  if (!usable.ready) for (const [id, { tier }] of deeper) record(incomplete(id, tier, usable))
  return usable
}

/**
 * Opens the lab's sandbox, does to the work what the lab is about, and asks what is left to ask. Nothing is asked in a sandbox
 * that lacks a power the lab needs; then it answers what is missing.
 */
const inSandbox = async (asking: Asking, need: SandboxNeed, checks: Asking['checks']): Promise<Missing | undefined> => {
  const { lab, using, context, record } = asking
  await using sandbox = await using.driver.open(
    {
      submission: using.submission,
      kind: lab.lab.id,
      deadlineSeconds: secondsOf(lab),
      image: need.image,
      network: need.network,
      ...(need.limits ? { limits: need.limits } : {}),
      ...(need.powers ? { powers: need.powers } : {}),
    },
    { signal: using.signal },
  )
  const lacking = need.powers?.filter((power) => sandbox.gaps.includes(power)) ?? []
  if (lacking.length > 0) return cannot(using.driver.name, lacking)
  const inside: SandboxContext<Record<string, 'edit'>> = {
    ...context,
    sandbox,
    doing: (key) => using.emit({ type: 'doing', what: doingText(lab, key) }),
  }
  const start = performance.now()
  const seen = await guarded(`observe ${lab.lab.id}`, using.signal, () => lab.lab.observe?.(inside))
  if (!isHalt(seen)) {
    for (const [id, check] of checks)
      await ask(asking, id, check, () => (check.tier === 'static' ? check.run(context) : check.run({ ...inside, seen })))
    return undefined
  }
  const halted = checks.find(([id]) => id === seen.halt)
  if (halted === undefined) throw new Fault('lab.broken', `lab ${lab.lab.id} halts at ${seen.halt}, which is no sandbox check of it`)
  record(answered(lab, seen.halt, halted[1].tier, seen.answer, performance.now() - start))
  for (const [id, { tier }] of checks) if (id !== seen.halt) record(skipped(lab, id, tier, seen.halt))
  return undefined
}

const cannot = (driver: string, lacking: readonly Power[]): Missing => ({
  ready: false,
  because: `The ${driver} sandbox of this machine cannot do what this lab needs (${lacking.join(', ')}).`,
  fix: 'Start Hatoba where a container engine is: `./hatoba doctor` shows how to get one.',
})

const ask = async (asking: Asking, id: string, check: AnyCheck, question: () => Answer | Promise<Answer>): Promise<void> => {
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
