import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { type Fields, fieldsOf, isFields, textOf } from '../read/manifest.ts'
import { noneNegative, onlyWith } from './complaints.ts'
import { isSchedule, isTimeZone } from './schedule.ts'

/** Source of all here: kubernetes/kubernetes, pkg/apis/batch/validation/validation.go. */

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'ttlSecondsAfterFinished',
]

export const jobComplaints = (spec: Fields, at: Path): Complaint[] => {
  const indexed = spec['completionMode'] === 'Indexed'
  const policy = fieldsOf(fieldsOf(spec['template'])['spec'])['restartPolicy']
  return [
    ...noneNegative(spec, at, COUNTS),
    // Without either of the two both are 1.
    ...(indexed && spec['completions'] === undefined && spec['parallelism'] !== undefined
      ? [
          {
            rule: 'field.missing' as const,
            path: [...at, 'completions'],
            values: { field: 'completions', parent: 'completionMode: Indexed' },
          },
        ]
      : []),
    ...(indexed
      ? []
      : ['backoffLimitPerIndex', 'maxFailedIndexes'].flatMap((field) => onlyWith(spec, at, field, '`completionMode: Indexed`'))),
    ...(spec['backoffLimitPerIndex'] === undefined ? onlyWith(spec, at, 'maxFailedIndexes', '`backoffLimitPerIndex`') : []),
    // The Job chooses its Pods by a label of its own; only who says so may choose them otherwise.
    ...(spec['manualSelector'] === true ? [] : onlyWith(spec, at, 'selector', '`manualSelector: true`')),
    ...(isFields(spec['podFailurePolicy']) && policy !== 'Never' ? onlyWith(spec, at, 'podFailurePolicy', '`restartPolicy: Never`') : []),
  ]
}

export const cronComplaints = (spec: Fields): Complaint[] => {
  const { schedule, timeZone } = spec
  const inside = fieldsOf(fieldsOf(spec['jobTemplate'])['spec'])
  return [
    ...scheduleComplaints(schedule),
    ...(typeof timeZone === 'string' && !isTimeZone(timeZone)
      ? [{ rule: 'cron.zone' as const, path: ['spec', 'timeZone'], values: { actual: timeZone } }]
      : []),
    ...noneNegative(spec, ['spec'], ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']),
    ...jobComplaints(inside, ['spec', 'jobTemplate', 'spec']),
  ]
}

const scheduleComplaints = (schedule: unknown): Complaint[] => {
  if (typeof schedule !== 'string') return []
  const path = ['spec', 'schedule']
  if (/^(CRON_)?TZ=/.test(schedule)) return [{ rule: 'cron.zone-inside', path, values: { actual: textOf(schedule) } }]
  return isSchedule(schedule) ? [] : [{ rule: 'cron.schedule', path, values: { actual: schedule } }]
}
