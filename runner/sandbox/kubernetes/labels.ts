/** What the sweep reads, and people with `kubectl get ns -L hatoba.dev/submission`. */
export const LABEL = {
  instance: 'hatoba.dev/instance',
  state: 'hatoba.dev/state',
  submission: 'hatoba.dev/submission',
  deadline: 'hatoba.dev/deadline',
  sandbox: 'hatoba.dev/sandbox',
} as const

/** On every played node, with the namespace of its submission: only Pods that `placed` has seen tolerate it by intention. */
export const FLEET_TAINT = 'hatoba.dev/fleet'

/** The namespace of everything that is ours and no submission's: the learners' accounts. */
export const HOME = 'hatoba-learners'

/** Text as a label's value; ids of submissions are such already, others are cut to fit. */
export const labelValue = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
