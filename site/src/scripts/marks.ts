import { labs } from '../api/client.ts'
import { isLanguage } from '../lib/language.ts'
import { recall } from '../lib/storage.ts'
import { wordsOf } from '../words.ts'
import type { LastLesson } from './remember-lesson.ts'

/** Fills in what only the server and this browser know: lab states, sums of tracks, and where to go on. */
const { lang } = document.documentElement
const language = isLanguage(lang) ? lang : 'en'
const words = wordsOf(language)
const stateWords: Readonly<Record<string, string>> = words.track.states

const markLabs = async (): Promise<void> => {
  const answer = await labs(language)
  if (answer.kind !== 'answer') return
  const byId = new Map(answer.value.labs.map((lab) => [lab.id, lab]))
  for (const element of document.querySelectorAll<HTMLElement>('[data-lab]')) {
    const lab = byId.get(element.dataset['lab'] ?? '')
    if (!lab) continue
    element.dataset['state'] = lab.state
    const state = element.querySelector('[data-state-word]')
    if (state) state.textContent = stateWords[lab.state] ?? lab.state
    const trouble = element.querySelector<HTMLElement>('[data-cannot-run]')
    if (trouble && !lab.runs) {
      trouble.hidden = false
      trouble.textContent = `${words.track.cannotRun}: ${lab.because} ${lab.fix}`
    }
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-track-labs]')) {
    const ids = (element.dataset['trackLabs'] ?? '').split(' ').filter(Boolean)
    const passed = ids.filter((id) => byId.get(id)?.state === 'passed').length
    if (ids.length === 0) continue
    const sum = element.querySelector('[data-sum]')
    if (sum) sum.textContent = words.home.passed(passed, ids.length)
    const bar = element.querySelector('progress')
    if (bar) bar.value = passed
  }
}

const offerLast = (): void => {
  const last = recall<LastLesson>('last')
  const go = document.querySelector<HTMLAnchorElement>('[data-continue]')
  const lesson = last && document.querySelector<HTMLElement>(`[data-key="${CSS.escape(last.key)}"]`)
  const href = lesson?.dataset['href']
  if (!go || !href) return
  go.href = href
  const [label, title] = go.querySelectorAll('span')
  if (label) label.textContent = words.home.continue
  if (title) title.textContent = lesson.dataset['title'] ?? ''
}

offerLast()
void markLabs()
