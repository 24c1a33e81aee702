import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { At, Language, Localized } from '../../../labs/kit/finding.ts'
import { status, submittedFiles } from '../api/client.ts'
import { useLanguage } from '../lib/language.ts'
import { recall, remember } from '../lib/storage.ts'
import { RunPanel } from '../run/RunPanel.tsx'
import { countOf, type RunCheck } from '../run/state.ts'
import { Icon } from '../ui/Icon.tsx'
import { lazily } from '../ui/lazy.tsx'
import { panelId, Tabs, tabId } from '../ui/Tabs.tsx'
import { wordsOf } from '../words.ts'
import { ActionBar } from './ActionBar.tsx'
import { useDrafts } from './drafts.ts'
import { FilePane } from './FilePane.tsx'
import { HintsPanel } from './HintsPanel.tsx'
import { HistoryPanel } from './HistoryPanel.tsx'
import type { LabView, Place } from './lab-view.ts'
import { TaskPanel } from './TaskPanel.tsx'
import { useAnnouncement } from './use-announcement.ts'
import { useEditor } from './use-editor.ts'
import { useRun } from './use-run.ts'

const SolutionPanel = lazily(() => import('./SolutionPanel.tsx').then((module) => module.SolutionPanel))

const PANELS = ['task', 'run', 'hints', 'history', 'solution'] as const
type Panel = (typeof PANELS)[number]

/** The second failure opens the solution; before that it is shown to whoever asks. */
const FAILURES_BEFORE_SOLUTION = 2

interface WorkspaceProps {
  readonly lab: LabView
  readonly language: Language
  readonly next: Readonly<Record<Language, Place>> | undefined
  readonly trackHref: Readonly<Record<Language, string>>
}

/** Files, Check, and what came of it. Rendered when the site is built, so that all of it can be read without script. */
export const Workspace = ({ lab, language: initial, next, trackHref }: WorkspaceProps) => {
  const language = useLanguage(initial)
  const words = wordsOf(language)
  const drafts = useDrafts(lab)
  const [file, setFile] = useState(lab.files[0]?.path ?? '')
  const [panel, setPanel] = useState<Panel>('task')
  const [note, setNote] = useState('')
  const banner = useBanner()
  const root = useRef<HTMLDivElement>(null)

  const running = useRun(lab, language, drafts.now)
  const check = useCallback(() => {
    setPanel('run')
    setNote('')
    void running.check()
  }, [running.check])
  const editor = useEditor(lab, drafts, file, language, words.work.editorLabel(file), check)
  const titleOf = (check: RunCheck): string => lab.text[language].checks[check.check] ?? check.title
  const spoken = useAnnouncement(running, words, titleOf)

  useEffect(() => {
    const kept = recall<Panel>(`panel.${lab.id}`)
    if (kept && PANELS.includes(kept)) setPanel(kept)
  }, [lab.id])
  useEffect(() => void remember(`panel.${lab.id}`, panel), [lab.id, panel])
  useEffect(() => {
    if (running.link === 'lost' || running.refusal) setPanel('run')
  }, [running.link, running.refusal])

  const marks = useMemo(() => {
    const found = running.run?.checks.flatMap(({ finding }) =>
      finding?.at?.line === undefined || finding.status === 'passed'
        ? []
        : [
            {
              path: finding.at.file,
              line: finding.at.line,
              ...(finding.at.column === undefined ? {} : { column: finding.at.column }),
              message: finding.because ?? '',
            },
          ],
    )
    return found ?? []
  }, [running.run, language])
  useEffect(() => editor.mark(marks), [marks])

  const goTo = useCallback(
    (at: At) => {
      setFile(at.file)
      if (!editor.goTo(at.file, at.line ?? 1, at.column)) requestAnimationFrame(() => selectLine(root.current, at))
    },
    [editor.goTo],
  )

  const { history } = running
  const failures = history.filter(({ outcome }) => outcome === 'failed' || outcome === 'exhausted').length
  const solutionOpen = failures >= FAILURES_BEFORE_SOLUTION || history.some(({ outcome }) => outcome === 'passed')
  const stale = Object.entries(running.shown?.files ?? {}).some(([path, text]) => drafts.files[path] !== text)
  const count = running.run && countOf(running.run)
  const labels = {
    task: words.work.task,
    run: (
      <>
        {words.work.run}
        {count && running.run?.phase === 'done' && <span class="tag">{words.run.progress(count.passed, count.all)}</span>}
      </>
    ),
    hints: words.work.hints,
    history: words.work.history,
    solution: words.work.solution,
  } satisfies Record<Panel, unknown>
  const hintLine =
    note ||
    (editor.state === 'failed'
      ? words.work.plainEditor
      : editor.state === 'ready'
        ? editor.tabMoves
          ? words.work.tabMoves
          : words.work.tabIndents
        : '')

  return (
    <div class="workspace-inner" data-split data-panel={panel} ref={root}>
      <FilePane lab={lab} words={words} drafts={drafts} editor={editor} active={file} onSelect={setFile} onCheck={check} />
      <hatoba-splitter class="row-splitter" label={words.lesson.splitterRun} store="split.editor" property="--editor-share" axis="y" />
      <div class="below">
        {banner && (
          <p class="walls" role="note">
            <Icon name="rejected" /> {banner[language]}
          </p>
        )}
        <ActionBar
          words={words}
          busy={running.busy}
          note={hintLine || (drafts.kept ? '' : words.work.draftLost)}
          onCheck={check}
          onReset={() => {
            drafts.reset()
            setNote(words.work.resetDone)
          }}
        />
        <Tabs
          name="panel"
          label={words.work.panel}
          tabs={PANELS.map((id) => ({ id, label: labels[id] }))}
          active={panel}
          onSelect={(id) => setPanel(id as Panel)}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the panel scrolls and holds text that has to be reachable without a pointer */}
        <div class="panel" role="tabpanel" tabIndex={0} id={panelId('panel', panel)} aria-labelledby={tabId('panel', panel)}>
          {panel === 'task' && <TaskPanel lab={lab} language={language} words={words} />}
          {panel === 'run' && (
            <RunPanel
              running={{ ...running, check: async () => check() }}
              language={language}
              words={words}
              stale={stale}
              next={next?.[language]}
              trackHref={trackHref[language]}
              titleOf={titleOf}
              goTo={goTo}
            />
          )}
          <div hidden={panel !== 'hints'}>
            <HintsPanel lab={lab} language={language} words={words} hasRun={history.length > 0} />
          </div>
          {panel === 'history' && (
            <HistoryPanel
              history={history}
              language={language}
              words={words}
              onOpen={(id) => {
                running.open(id)
                setPanel('run')
              }}
              onRestore={async (id) => {
                const answer = await submittedFiles(id)
                if (answer.kind === 'answer') drafts.replace(answer.value.files)
                setNote(answer.kind === 'answer' ? words.work.restored : words.link.lost)
              }}
            />
          )}
          {panel === 'solution' && (
            <SolutionPanel lab={lab} words={words} files={drafts.files} open={solutionOpen} placeholder={words.loading} />
          )}
        </div>
      </div>
      <p class="sr-only" aria-live="polite">
        {spoken}
      </p>
      <p class="sr-only" aria-live="polite">
        {hintLine}
      </p>
    </div>
  )
}

/** What the server says of its walls where they are thin: shown wherever work is sent to it. */
const useBanner = (): Localized | undefined => {
  const [banner, setBanner] = useState<Localized>()
  useEffect(() => {
    void status().then((answer) => answer.kind === 'answer' && setBanner(answer.value.banner))
  }, [])
  return banner
}

/** Puts the caret of the plain field on the line a finding names. */
const selectLine = (root: HTMLElement | null, at: At): void => {
  const field = [...(root?.querySelectorAll<HTMLTextAreaElement>('textarea') ?? [])].find(({ dataset }) => dataset['path'] === at.file)
  if (!field) return
  const before = field.value.split('\n').slice(0, (at.line ?? 1) - 1)
  const start = before.reduce((sum, line) => sum + line.length + 1, 0)
  const end = field.value.indexOf('\n', start)
  field.focus()
  field.setSelectionRange(start, end === -1 ? field.value.length : end)
}
