import { Icon } from '../ui/Icon.tsx'
import { panelId, Tabs, tabId } from '../ui/Tabs.tsx'
import type { Words } from '../words.ts'
import type { Drafts } from './drafts.ts'
import type { LabView } from './lab-view.ts'
import type { useEditor } from './use-editor.ts'

interface FilePaneProps {
  readonly lab: LabView
  readonly words: Words
  readonly drafts: Drafts
  readonly editor: ReturnType<typeof useEditor>
  readonly active: string
  onSelect(path: string): void
  onCheck(): void
}

/** The lab's files: a textarea each, which the editor covers once it is there. Complete without script. */
export const FilePane = ({ lab, words, drafts, editor, active, onSelect, onCheck }: FilePaneProps) => {
  const w = words.work
  const checkKeys = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    onCheck()
  }
  const tabs = lab.files.map(({ path, access }) => ({
    id: path,
    label: (
      <>
        <span class="file-name">{path}</span>
        {access === 'read' && (
          <span class="tag">
            <Icon name="lock" />
            {w.readOnly}
          </span>
        )}
        {drafts.changed(path) && <span class="tag dot">{w.changed}</span>}
      </>
    ),
  }))
  return (
    <div class="files" data-editor={editor.state}>
      <Tabs name="file" label={w.files} tabs={tabs} active={active} onSelect={onSelect} />
      <div class="file-body">
        {lab.files.map(({ path, access }) => (
          <div
            key={path}
            class="file-panel"
            role="tabpanel"
            id={panelId('file', path)}
            aria-labelledby={tabId('file', path)}
            hidden={path !== active}
          >
            <textarea
              class="file-text"
              aria-label={w.fileLabel(path, access === 'read')}
              data-path={path}
              spellcheck={false}
              autocapitalize="off"
              autocomplete="off"
              wrap="off"
              rows={16}
              readOnly={access === 'read'}
              hidden={editor.state === 'ready'}
              value={drafts.files[path] ?? ''}
              onInput={(event) => drafts.edit(path, event.currentTarget.value)}
              onFocus={(event) => editor.wake(event.currentTarget)}
              onKeyDown={checkKeys}
            />
          </div>
        ))}
        <div class="editor-host" ref={editor.host} hidden={editor.state !== 'ready' && editor.state !== 'loading'} />
      </div>
    </div>
  )
}
