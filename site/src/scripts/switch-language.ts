import type { Language } from '../../../labs/kit/finding.ts'
import { isLanguage, LANGUAGE_EVENT } from '../lib/language.ts'

/** What is exchanged when the language changes; the workspace between them stays as it is, with its run and its caret. */
const EXCHANGED = ['.head-nav', '.head-tools .language', '.lesson-text']

/** The server's own sentences, and addresses without a language, come in the language that was read last. */
const speak = (language: Language): void => {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we support
  document.cookie = `language=${language}; path=/; max-age=31536000; samesite=lax`
}

if (isLanguage(document.documentElement.lang)) speak(document.documentElement.lang)

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-switch-language]') : null
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  const language = link.dataset['switchLanguage']
  if (!isLanguage(language)) return
  speak(language)
  if (!document.querySelector('.workspace')) return
  event.preventDefault()
  void exchange(link.href).catch(() => location.assign(link.href))
})

window.addEventListener('popstate', () => location.reload())

const exchange = async (address: string): Promise<void> => {
  const response = await fetch(address, { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error(`${response.status}`)
  const next = new DOMParser().parseFromString(await response.text(), 'text/html')
  const parts = EXCHANGED.map((selector) => [document.querySelector(selector), next.querySelector(selector)] as const)
  if (parts.some(([mine, theirs]) => !mine || !theirs)) throw new Error('the pages differ')
  const place = headingInView()
  history.pushState(null, '', address)
  document.title = next.title
  document.documentElement.lang = next.documentElement.lang
  for (const [mine, theirs] of parts) mine?.replaceWith(document.adoptNode(theirs as Element))
  for (const name of ['aria-label']) copyAttribute(name, '.workspace', next)
  copyAttribute('label', '.column-splitter', next)
  document.dispatchEvent(new Event(LANGUAGE_EVENT))
  restore(place)
  document.querySelector<HTMLElement>('a[data-switch-language]')?.focus({ preventScroll: true })
}

const copyAttribute = (name: string, selector: string, from: Document): void => {
  const value = from.querySelector(selector)?.getAttribute(name)
  if (value) document.querySelector(selector)?.setAttribute(name, value)
}

const headings = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.lesson-text :is(h1, h2, h3)')]

/** Both languages have the same headings in the same order; the reading place is found again by counting them. */
const headingInView = (): { index: number; top: number } | undefined => {
  const all = headings()
  const index = all.findLastIndex((heading) => heading.getBoundingClientRect().top < innerHeight / 3)
  const top = all[index]?.getBoundingClientRect().top
  return top === undefined ? undefined : { index, top }
}

const restore = (place: ReturnType<typeof headingInView>): void => {
  const heading = place && headings()[place.index]
  if (heading) scrollBy({ top: heading.getBoundingClientRect().top - place.top, behavior: 'instant' })
}
