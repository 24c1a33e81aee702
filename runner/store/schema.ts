import type { ColumnType, Generated } from 'kysely'
import type { Language, Outcome, Verdict } from '../../labs/kit/finding.ts'
import type { GradingEvent, SubmissionState } from '../grading/events.ts'

/** Written as JSON text, since the two engines' clients turn objects and arrays into jsonb differently; read as a value. */
type Json<T> = ColumnType<T, string, string>
type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>

export interface Tables {
  learners: LearnerRow
  submissions: SubmissionRow
  events: EventRow
  progress: ProgressRow
}

interface LearnerRow {
  id: string
  created: Generated<Date>
}

interface SubmissionRow {
  id: string
  learner: string
  lab: string
  language: Language
  files: Json<Readonly<Record<string, string>>>
  state: SubmissionState
  /** Its turn among the learners who wait; smaller is earlier. See `runner/queue/fairness.ts`. */
  round: number
  /** How many workers have begun it; 0 before the first. */
  attempt: Generated<number>
  outcome: Outcome | null
  verdict: JsonOrNull<Verdict>
  created: Generated<Date>
  started: Date | null
  ended: Date | null
}

interface EventRow {
  submission: string
  seq: number
  event: Json<GradingEvent>
  at: Generated<Date>
}

interface ProgressRow {
  learner: string
  lab: string
  /** Verdicts that count as a try: all but `rejected`, `incomplete` and `faulted`. */
  tries: number
  passed: Date | null
  updated: Generated<Date>
}
