import { remember } from '../lib/storage.ts'

/** Where somebody was last, for "Continue where you left". */
export interface LastLesson {
  readonly key: string
}

const key = document.querySelector<HTMLElement>('[data-lesson-key]')?.dataset['lessonKey']
if (key) remember('last', { key } satisfies LastLesson)
