import { useEffect, useRef, useState } from 'preact/hooks'
import { countOf, type RunCheck } from '../run/state.ts'
import type { Words } from '../words.ts'
import type { Running } from './use-run.ts'

/** What a screen reader is told of a run: that it waits, that it runs, how it ended. Each once. */
export const useAnnouncement = (running: Running, words: Words, titleOf: (check: RunCheck) => string): string => {
  const [spoken, setSpoken] = useState('')
  const { run } = running
  const phase = run?.phase
  const place = run?.queue?.place
  const said = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (!run || said.current === `${running.shown?.id}.${phase}`) return
    said.current = `${running.shown?.id}.${phase}`
    if (phase === 'queued') setSpoken(words.says.queued(place ?? 1))
    else if (phase === 'checking') setSpoken(words.says.checking)
    else if (phase === 'done' && run.verdict) {
      const { passed, all, firstFailed } = countOf(run)
      setSpoken(
        words.sentences(words.verdicts[run.verdict.outcome].title, words.says.verdict(passed, all, firstFailed && titleOf(firstFailed))),
      )
    }
  }, [running.shown?.id, phase])
  return spoken
}
