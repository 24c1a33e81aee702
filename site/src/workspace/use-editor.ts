import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'
import type { Editor, EditorMark, EditorModule } from '../../editor/contract.ts'
import { patiently } from '../lib/patiently.ts'
import { onTheme, themeNow } from '../lib/theme.ts'
import type { Drafts } from './drafts.ts'
import type { LabView } from './lab-view.ts'

const ADDRESS = '/editor/editor.js'

export type EditorState = 'plain' | 'loading' | 'ready' | 'failed'

interface EditorUse {
  readonly state: EditorState
  readonly tabMoves: boolean
  /** Put on the element that Monaco will live in. */
  readonly host: { current: HTMLDivElement | null }
  /** Call when the learner enters a textarea: from then on the real editor takes its place. */
  readonly wake: (textarea: HTMLTextAreaElement) => void
  readonly mark: (marks: readonly EditorMark[]) => void
  /** Whether the editor took it; otherwise the caller moves the caret of the textarea. */
  readonly goTo: (path: string, line: number, column?: number) => boolean
}

/** Monaco behind the textareas: loaded on first focus, never on touch screens, where the plain field serves better. */
export const useEditor = (
  lab: LabView,
  drafts: Drafts,
  active: string,
  language: Language,
  label: string,
  onCheck: () => void,
): EditorUse => {
  const [state, setState] = useState<EditorState>('plain')
  const [tabMoves, setTabMoves] = useState(false)
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | undefined>(undefined)
  const waking = useRef(false)
  const marks = useRef<readonly EditorMark[]>([])
  const latest = useRef({ drafts, active, language, label, onCheck })
  latest.current = { drafts, active, language, label, onCheck }

  const wake = useCallback(
    (textarea: HTMLTextAreaElement) => {
      if (waking.current || matchMedia('(pointer: coarse)').matches) return
      waking.current = true
      setState('loading')
      void load()
        .then(async (module) => {
          if (!host.current) return
          const now = latest.current
          const hadFocus =
            document.activeElement instanceof HTMLTextAreaElement && host.current.parentElement?.contains(document.activeElement)
          const made = await module.mount({
            host: host.current,
            files: lab.files.map(({ path, access }) => ({ path, text: now.drafts.now()[path] ?? '', readOnly: access === 'read' })),
            active: now.active,
            caret: textarea.selectionStart,
            theme: themeNow(),
            language: now.language,
            ...(lab.kinds === undefined ? {} : { kinds: lab.kinds }),
            label: now.label,
            onChange: (path, text) => latest.current.drafts.edit(path, text),
            onCheck: () => latest.current.onCheck(),
            onTabMoves: setTabMoves,
          })
          // What was typed while the editor was being made is in the drafts.
          for (const { path } of lab.files) made.setText(path, latest.current.drafts.now()[path] ?? '')
          made.show(latest.current.active)
          made.mark(marks.current)
          made.setLanguage(latest.current.language)
          editor.current = made
          setState('ready')
          if (hadFocus) requestAnimationFrame(() => made.focus())
        })
        .catch(() => setState('failed'))
    },
    [lab],
  )

  useEffect(() => editor.current?.show(active), [active, state])
  useEffect(() => editor.current?.setLabel(label), [label])
  useEffect(() => editor.current?.setLanguage(language), [language])
  useEffect(() => {
    // Not what was drawn: whoever types fast has typed on since, and would lose it.
    for (const { path } of lab.files) editor.current?.setText(path, drafts.now()[path] ?? '')
  }, [drafts.files, drafts.now, lab])
  useEffect(() => {
    const off = onTheme((theme) => editor.current?.setTheme(theme))
    return () => {
      off()
      editor.current?.dispose()
    }
  }, [])

  return {
    state,
    tabMoves,
    host,
    wake,
    mark: useCallback((next) => {
      marks.current = next
      editor.current?.mark(next)
    }, []),
    goTo: useCallback((path, line, column) => {
      editor.current?.goTo(path, line, column)
      return editor.current !== undefined
    }, []),
  }
}

const load = (): Promise<EditorModule> => patiently(async () => (await import(/* @vite-ignore */ ADDRESS)) as EditorModule)
