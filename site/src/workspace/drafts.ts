import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { forget, recall, remember } from '../lib/storage.ts'
import type { LabView } from './lab-view.ts'

export type Files = Readonly<Record<string, string>>

export interface Drafts {
  readonly files: Files
  /** The files as they are by now, which may be newer than what is drawn. */
  readonly now: () => Files
  /** Whether this browser keeps them. */
  readonly kept: boolean
  readonly changed: (path: string) => boolean
  readonly edit: (path: string, text: string) => void
  /** Takes over the editable files among these. */
  readonly replace: (files: Files) => void
  readonly reset: () => void
}

const SAVE_AFTER_MS = 250

/** The learner's files of one lab: the starter overlaid with what this browser remembers. */
export const useDrafts = (lab: LabView): Drafts => {
  const key = `draft.${lab.id}`
  const starter = useMemo(() => Object.fromEntries(lab.files.map(({ path, starter: text }) => [path, text])), [lab])
  const editable = useMemo(() => new Set(lab.files.filter(({ access }) => access === 'edit').map(({ path }) => path)), [lab])
  const [files, setFiles] = useState<Files>(starter)
  const latest = useRef(files)
  latest.current = files
  const [kept, setKept] = useState(true)
  const pending = useRef<{ timer: ReturnType<typeof setTimeout>; files: Files } | undefined>(undefined)

  const save = useCallback(() => {
    if (!pending.current) return
    clearTimeout(pending.current.timer)
    const changes = Object.entries(pending.current.files).filter(([path, text]) => editable.has(path) && text !== starter[path])
    pending.current = undefined
    if (changes.length === 0) forget(key)
    else setKept(remember(key, Object.fromEntries(changes)))
  }, [editable, key, starter])

  const take = useCallback(
    (next: Files) => {
      latest.current = next
      setFiles(next)
      clearTimeout(pending.current?.timer)
      pending.current = { files: next, timer: setTimeout(save, SAVE_AFTER_MS) }
    },
    [save],
  )

  useEffect(() => {
    const draft = { ...recall<Files>(key), ...window.hatobaTyped }
    setFiles((before) => ({ ...before, ...onlyEditable(draft, editable) }))
    window.addEventListener('pagehide', save)
    return () => {
      window.removeEventListener('pagehide', save)
      save()
    }
  }, [editable, key, save])

  return {
    files,
    now: useCallback(() => latest.current, []),
    kept,
    changed: (path) => files[path] !== starter[path],
    edit: useCallback((path, text) => take({ ...latest.current, [path]: text }), [take]),
    replace: useCallback((next) => take({ ...latest.current, ...onlyEditable(next, editable) }), [editable, take]),
    reset: useCallback(() => take(starter), [starter, take]),
  }
}

const onlyEditable = (files: Files, editable: ReadonlySet<string>): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => editable.has(path)))
