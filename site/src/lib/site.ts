import { type CollectionEntry, getCollection } from 'astro:content'
import { LANGUAGES, type Language } from '../../../labs/kit/finding.ts'
import type { SandboxNeed } from '../../../labs/kit/lab.ts'
import type { LabView } from '../workspace/lab-view.ts'
import type { Track } from './load-tracks.ts'

export interface LessonCard {
  /** `<track>/<slug>` */
  readonly key: string
  readonly href: string
  readonly title: string
  readonly description: string
  readonly minutes: number | undefined
  readonly lab:
    | { readonly id: string; readonly title: string; readonly minutes: number; readonly sandbox: SandboxNeed['kind'] | 'none' }
    | undefined
}

export interface TrackCard {
  readonly id: string
  readonly href: string
  readonly title: string
  readonly summary: string
  readonly after: readonly string[]
  readonly lessons: readonly LessonCard[]
}

/** The static paths of a page that exists once per language; a new list each time, since Astro writes into it. */
export const perLanguage = () => LANGUAGES.map((language) => ({ params: { lang: language } }))

export const asLanguage = (value: string | undefined): Language => (value === 'ja' ? 'ja' : 'en')

/** Every track in its order with the lessons that are written, in one language. */
export const tracksIn = async (language: Language): Promise<readonly TrackCard[]> => {
  const [tracks, docs, labs] = await Promise.all([getCollection('tracks'), getCollection('docs'), getCollection('labs')])
  return [...tracks]
    .sort((a, b) => a.data.order - b.data.order)
    .map(({ id, data }) => ({
      id,
      href: `/${language}/${id}/`,
      title: data.title[language],
      summary: data.summary[language],
      after: data.after,
      lessons: lessonsOf(id, data, language, docs, labs),
    }))
}

const lessonsOf = (
  track: string,
  { lessons }: Track,
  language: Language,
  docs: readonly CollectionEntry<'docs'>[],
  labs: readonly CollectionEntry<'labs'>[],
): LessonCard[] =>
  lessons.flatMap((slug) => {
    const doc = docs.find(({ id }) => id === `${language}/${track}/${slug}`)
    if (!doc) return []
    const lab = labs.find(({ id }) => id === doc.data.lab)
    const view = lab?.data.view as LabView | undefined
    return [
      {
        key: `${track}/${slug}`,
        href: `/${language}/${track}/${slug}/`,
        title: doc.data.title,
        description: doc.data.description ?? '',
        minutes: doc.data.minutes,
        lab: view && lab ? { id: view.id, title: view.text[language].title, minutes: view.minutes, sandbox: lab.data.sandbox } : undefined,
      },
    ]
  })

export const labView = async (id: string): Promise<LabView> => {
  const lab = (await getCollection('labs')).find((entry) => entry.id === id)
  if (!lab) throw new Error(`A lesson names the lab "${id}", which is not below labs/`)
  return lab.data.view as LabView
}

/** Where a lesson stands in its track: undefined for pages that are no lesson. */
export const placeOf = async (docId: string): Promise<{ language: Language; track: TrackCard; at: number } | undefined> => {
  const [lang, track, slug] = docId.split('/')
  if (!track || !slug) return undefined
  const language = asLanguage(lang)
  const card = (await tracksIn(language)).find(({ id }) => id === track)
  const at = card?.lessons.findIndex(({ key }) => key === `${track}/${slug}`) ?? -1
  return card && at >= 0 ? { language, track: card, at } : undefined
}

/** The same address in the other language. */
export const mirrored = (pathname: string, to: Language): string => pathname.replace(/^\/(en|ja)(?=\/|$)/, `/${to}`)
