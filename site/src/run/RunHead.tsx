import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../ui/Icon.tsx'
import type { Words } from '../words.ts'
import { countOf, type Run } from './state.ts'

/** What is happening now, how long it usually takes, and what can be done meanwhile. */
export const RunHead = ({ run, words }: { run: Run; words: Words }) => {
  const { title, lead } = told(run, words)
  const { answered, all } = countOf(run)
  return (
    <div class="banner working" data-phase={run.phase}>
      <Icon name={run.phase === 'queued' ? 'queue' : 'running'} />
      <div>
        <h3>
          {title}
          <Elapsed key={run.phase} words={words} />
        </h3>
        <p>{lead}</p>
        {run.phase === 'checking' && all > 0 ? (
          <progress value={answered} max={all} aria-label={title} />
        ) : (
          run.phase !== 'queued' && <progress aria-label={title} />
        )}
      </div>
    </div>
  )
}

const told = (run: Run, words: Words): { title: string; lead: string } => {
  const w = words.run
  switch (run.phase) {
    case 'sending':
      return { title: w.sending, lead: w.canEdit }
    case 'queued': {
      const { place = 1, running = 0, waitSeconds } = run.queue ?? {}
      const about = waitSeconds === undefined ? '' : w.about(Math.max(1, Math.round(waitSeconds)))
      return { title: w.queued, lead: words.sentences(w.place(place, running), about, w.canEdit) }
    }
    case 'preparing':
      return { title: w.preparing, lead: run.attempt > 1 ? w.preparingAgain(run.attempt) : w.preparingHow }
    case 'checking':
    case 'done':
      return { title: w.checking, lead: run.doing ?? w.canEdit }
  }
}

const Elapsed = ({ words }: { words: Words }) => {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const began = performance.now()
    const timer = setInterval(() => setSeconds((performance.now() - began) / 1000), 250)
    return () => clearInterval(timer)
  }, [])
  return seconds < 1 ? null : <small aria-hidden="true">{words.run.elapsed(seconds.toFixed(0))}</small>
}
