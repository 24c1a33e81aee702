/**
 * When a CronJob runs, as Kubernetes reads it: five fields or a word. Every field is `*`, `?`, numbers, ranges and steps; months and
 * weekdays have names too.
 *
 * Source: github.com/robfig/cron v3 (ParseStandard), which pkg/apis/batch/validation/validation.go of kubernetes/kubernetes asks.
 */
export const isSchedule = (schedule: string): boolean => {
  if (schedule.startsWith('@')) return WORDS.has(schedule) || EVERY.test(schedule)
  const fields = schedule.trim().split(/\s+/)
  return fields.length === FIELDS.length && fields.every((field, index) => isField(field, FIELDS[index] as Field))
}

const WORDS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])
/** `@every 1h30m`: a duration as Go writes it. */
const EVERY = /^@every ([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/

interface Field {
  readonly least: number
  readonly most: number
  readonly names?: readonly string[]
}

const FIELDS: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { least: 0, most: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

const isField = (field: string, bounds: Field): boolean => {
  const parts = field.split(',').filter((part) => part !== '')
  return parts.length > 0 && parts.every((part) => isPart(part, bounds))
}

const isPart = (part: string, { least, most, names }: Field): boolean => {
  const [range = '', step, ...tooMany] = part.split('/')
  if (tooMany.length > 0 || (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0))) return false
  const ends = range.split('-')
  // Whatever stands behind it, `*` means all.
  if (ends[0] === '*' || ends[0] === '?') return true
  const numberOf = (text: string): number => {
    const named = names?.indexOf(text.toLowerCase()) ?? -1
    return named === -1 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : named + least
  }
  const [from = Number.NaN, to = step === undefined ? from : most] = ends.map(numberOf)
  return ends.length <= 2 && from >= least && to <= most && from <= to
}

/** A time zone that there is. Source: the same file (validateTimeZone): a name of the IANA database, not `Local`. */
export const isTimeZone = (zone: string): boolean => {
  if (zone === '' || zone.toLowerCase() === 'local' || /^[+-]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
