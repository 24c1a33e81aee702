import { resolve } from 'node:path'
import { unified } from '@astrojs/markdown-remark'
import remarkCjkFriendly from 'remark-cjk-friendly'
import { type CatalogueLab, loadCatalogue } from '../../../labs/kit/catalogue.ts'
import { LANGUAGES, type Language } from '../../../labs/kit/finding.ts'
import type { SandboxNeed } from '../../../labs/kit/lab.ts'
import type { LabView, LabViewText } from '../workspace/lab-view.ts'

interface LoadedLab {
  readonly id: string
  readonly track: string
  readonly sandbox: SandboxNeed['kind'] | 'none'
  readonly view: LabView
}

/** Every lab that learners see, with its author's Markdown rendered. Throws `LabError` where a lab contradicts itself. */
export const loadLabViews = async (root: string): Promise<LoadedLab[]> => {
  const { labs } = await loadCatalogue({ root: resolve(root) })
  const markdown = await unified({ remarkPlugins: [remarkCjkFriendly], smartypants: false }).createRenderer({ syntaxHighlight: false })
  return Promise.all(
    labs.filter(({ lab }) => lab.listed !== false).map((lab) => toLoaded(lab, async (source) => (await markdown.render(source)).code)),
  )
}

const toLoaded = async (catalogued: CatalogueLab, render: (source: string) => Promise<string>): Promise<LoadedLab> => {
  const { lab, track, text, starter } = catalogued
  const textOf = async (language: Language): Promise<LabViewText> => {
    const { title, summary, task, checks } = text[language]
    return {
      title,
      summary,
      taskHtml: await render(task),
      checks: Object.fromEntries(Object.entries(checks).map(([check, { title: asked }]) => [check, asked])),
    }
  }
  const [en, ja] = await Promise.all(LANGUAGES.map(textOf))
  if (!en || !ja) throw new Error(`${lab.id} lacks a language`)
  const view: LabView = {
    id: lab.id,
    minutes: lab.minutes,
    hints: text.en.hints.length,
    ...(lab.sandbox?.kind === 'kubernetes' ? { kinds: lab.sandbox.allows } : {}),
    files: Object.entries(lab.files).map(([path, access]) => ({ path, access, starter: starter[path] ?? '' })),
    checks: Object.entries(lab.checks).map(([check, { tier }]) => ({ check, tier })),
    text: { en, ja },
  }
  return { id: lab.id, track, sandbox: lab.sandbox?.kind ?? 'none', view }
}
