import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { Language } from '../../../labs/kit/finding.ts'
import type { PresentedEvent, PresentedVerdict } from '../../../runner/http/present.ts'
import type { Refusal } from '../api/answer.ts'
import { alive, type HistoryEntry, history as historyOf, submission, submit } from '../api/client.ts'
import { forget, recall, remember } from '../lib/storage.ts'
import { follow } from '../run/follow.ts'
import { begun, fold, type Run } from '../run/state.ts'
import type { Files } from './drafts.ts'
import type { LabView } from './lab-view.ts'

/** `fine` until something breaks; `back` once it works again. */
export type Link = 'fine' | 'lost' | 'back'

/** What is remembered of the submission that is shown, so that a reload takes it up again. */
interface Shown {
  readonly id: string
  /** What was sent, where this browser knows it. */
  readonly files?: Files
}

export interface Running {
  readonly run: Run | undefined
  readonly shown: Shown | undefined
  readonly link: Link
  readonly refusal: Refusal | undefined
  /** The submission that was to be shown is not on the server. */
  readonly unknown: boolean
  readonly busy: boolean
  readonly history: readonly HistoryEntry[]
  readonly check: () => Promise<void>
  readonly open: (id: string) => void
  readonly retry: () => void
}

type Change =
  | { readonly kind: 'begin'; readonly run: Run }
  | { readonly kind: 'event'; readonly event: PresentedEvent }
  | { readonly kind: 'clear' }

const change = (run: Run | undefined, step: Change): Run | undefined => {
  switch (step.kind) {
    case 'begin':
      return step.run
    case 'event':
      return run && fold(run, step.event)
    case 'clear':
      return undefined
  }
}

const BACK_SHOWN_MS = 8_000
const ASK_AGAIN_MS = 3_000

/** Submits a lab's files and follows what becomes of them, across reloads, lost connections and a change of language. */
export const useRun = (lab: LabView, language: Language, files: () => Files): Running => {
  const key = `run.${lab.id}`
  const [run, dispatch] = useReducer(change, undefined)
  const [shown, setShown] = useState<Shown>()
  const [link, setLink] = useState<Link>('fine')
  const [refusal, setRefusal] = useState<Refusal>()
  const [unknown, setUnknown] = useState(false)
  const [history, setHistory] = useState<readonly HistoryEntry[]>([])
  const following = useRef<ReturnType<typeof follow> | undefined>(undefined)
  const busy = run !== undefined && run.phase !== 'done'

  const begin = useCallback(() => {
    following.current?.stop()
    setUnknown(false)
    setRefusal(undefined)
    dispatch({ kind: 'begin', run: begun(lab.checks.map(({ check, tier }) => ({ check, tier, title: check }))) })
  }, [lab])

  const followIt = useCallback(
    (next: Shown) => {
      setShown(next)
      remember(key, next)
      following.current?.stop()
      following.current = follow(next.id, language, {
        event: (event) => dispatch({ kind: 'event', event }),
        lost: () => setLink('lost'),
        back: () => setLink('back'),
        unknown: () => {
          setLink('fine')
          setUnknown(true)
          dispatch({ kind: 'clear' })
          forget(key)
        },
      })
    },
    [key, language],
  )

  const open = useCallback(
    (id: string) => {
      begin()
      followIt({ id })
    },
    [begin, followIt],
  )

  useEffect(() => {
    const last = recall<Shown>(key)
    if (last?.id) {
      begin()
      followIt(last)
    }
    return () => following.current?.stop()
    // Only for another lab: what depends on the language is told again below.
  }, [key])

  const toldIn = useRef(language)
  useEffect(() => {
    if (toldIn.current === language || !shown) return
    toldIn.current = language
    if (busy) followIt(shown)
    else
      void submission(shown.id, language).then((answer) => {
        if (answer.kind === 'answer' && answer.value.verdict)
          dispatch({ kind: 'event', event: { type: 'verdict', verdict: answer.value.verdict as PresentedVerdict } })
      })
  }, [language])

  const check = useCallback(async () => {
    if (busy) return
    const given = files()
    begin()
    const answer = await submit(lab.id, editableOf(lab, given), language)
    if (answer.kind === 'answer') {
      setLink((before) => (before === 'lost' ? 'back' : before))
      followIt({ id: answer.value.id, files: given })
      return
    }
    dispatch({ kind: 'clear' })
    if (answer.kind === 'unreachable') setLink('lost')
    else setRefusal(answer.refusal)
  }, [begin, busy, files, followIt, lab, language])

  const done = run?.phase === 'done'
  useEffect(() => {
    void historyOf(lab.id).then((answer) => answer.kind === 'answer' && setHistory(answer.value.submissions))
  }, [lab.id, shown?.id, done])

  const probe = useCallback(async () => {
    if (await alive()) setLink((before) => (before === 'lost' ? 'back' : before))
  }, [])

  useEffect(() => {
    if (link === 'back') {
      const timer = setTimeout(() => setLink('fine'), BACK_SHOWN_MS)
      return () => clearTimeout(timer)
    }
    if (link === 'lost' && !busy) {
      const timer = setInterval(() => void probe(), ASK_AGAIN_MS)
      return () => clearInterval(timer)
    }
    return undefined
  }, [link, busy, probe])

  const retry = (): void => (busy ? following.current?.retryNow() : void probe())
  return { run, shown, link, refusal, unknown, busy, history, check, open, retry }
}

const editableOf = (lab: LabView, files: Files): Files =>
  Object.fromEntries(lab.files.filter(({ access }) => access === 'edit').map(({ path }) => [path, files[path] ?? '']))
