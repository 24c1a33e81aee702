import { useEffect, useState } from 'preact/hooks'
import type { Language, Localized } from '../../../labs/kit/finding.ts'
import type { Answered } from '../api/answer.ts'
import { type Status, status } from '../api/client.ts'
import { Icon } from '../ui/Icon.tsx'
import { Inline } from '../ui/Prose.tsx'
import { wordsOf } from '../words.ts'

const AGAIN_MS = 5_000

/** What this machine can run now, asked every few seconds while the page is looked at. */
export const StatusBoard = ({ language }: { language: Language }) => {
  const [answer, setAnswer] = useState<Answered<Status>>()
  const words = wordsOf(language)
  const w = words.status
  useEffect(() => {
    const look = (): void => void (document.visibilityState === 'visible' && status().then(setAnswer))
    look()
    const timer = setInterval(look, AGAIN_MS)
    return () => clearInterval(timer)
  }, [])

  if (!answer) return <p class="lead">{words.loading}</p>
  if (answer.kind !== 'answer') {
    return (
      <div class="banner link-lost" role="status">
        <Icon name="lost" />
        <p>{w.cannotLoad}</p>
      </div>
    )
  }
  const { engine, queue, banner, version } = answer.value
  return (
    <div class="status-board not-content">
      {banner && (
        <div class="banner rejected">
          <Icon name="rejected" />
          <p>{(banner as unknown as Localized)[language]}</p>
        </div>
      )}
      <section>
        <h2>{w.engines}</h2>
        <p class={`sign ${engine.ready ? 'passed' : 'failed'}`}>
          <Icon name={engine.ready ? 'passed' : 'failed'} />
          <strong>{engine.driver}</strong> ({engine.isolation}): {engine.ready ? w.ready : w.notReady}
        </p>
        <p>{engine.ready ? <Inline text={engine.detail} /> : <Inline text={engine.because} />}</p>
        {!engine.ready && (
          <p>
            <strong>{w.fix}:</strong> <Inline text={engine.fix} />
          </p>
        )}
      </section>
      <section>
        <h2>{w.queue}</h2>
        <dl class="numbers">
          <div>
            <dt>{w.waiting}</dt>
            <dd>{queue.waiting}</dd>
          </div>
          <div>
            <dt>{w.running}</dt>
            <dd>
              {queue.running} / {queue.slots}
            </dd>
          </div>
        </dl>
      </section>
      <p class="fine-print">Hatoba {version}</p>
    </div>
  )
}
