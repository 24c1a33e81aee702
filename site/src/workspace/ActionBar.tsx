import { useRef } from 'preact/hooks'
import type { Words } from '../words.ts'

interface ActionBarProps {
  readonly words: Words
  readonly busy: boolean
  readonly note: string
  onCheck(): void
  onReset(): void
}

/** The one primary button and, apart from it, the way back to the beginning. */
export const ActionBar = ({ words, busy, note, onCheck, onReset }: ActionBarProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const w = words.work
  return (
    <div class="actions">
      <button type="button" class="primary" onClick={onCheck} aria-disabled={busy} aria-keyshortcuts="Control+Enter">
        {busy ? w.checking : w.check}
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd takes no focus; the button has aria-keyshortcuts */}
        <kbd aria-hidden="true">{w.checkKeys}</kbd>
      </button>
      <p class="note">{note}</p>
      <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
        {w.reset}
      </button>
      <dialog ref={dialog} class="ask" aria-labelledby="reset-title">
        <h2 id="reset-title">{w.resetTitle}</h2>
        <p>{w.resetBody}</p>
        <form method="dialog" class="row">
          <button type="submit" class="quiet" autofocus>
            {w.keep}
          </button>
          <button type="submit" class="danger" onClick={onReset}>
            {w.resetConfirm}
          </button>
        </form>
      </dialog>
    </div>
  )
}
