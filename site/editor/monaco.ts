import 'monaco-editor/features/register.all'
import * as monaco from 'monaco-editor/editor'
import type { Editor, EditorMark, EditorOptions } from './contract.ts'
import { languageOf } from './languages.ts'
import { helpLater } from './manifests/later.ts'
import { defineThemes, themeName } from './theme.ts'
import { provideWorkers } from './workers.ts'

provideWorkers()
defineThemes()

const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'Noto Sans Mono CJK JP', monospace"

/** In the editor's list of commands, among its own. */
const TAB_LABEL = { en: 'Toggle Whether Tab Moves the Focus', ja: 'Tab キーでのフォーカス移動を切り替える' }

/** One editor with a model for each file, so that undo, folding and the caret stay with their file. */
export const mountMonaco = (options: EditorOptions): Editor => {
  const models = new Map(
    options.files.map(({ path, text }) => [path, monaco.editor.createModel(text, languageOf(path), monaco.Uri.file(path))]),
  )
  const readOnly = new Map(options.files.map((file) => [file.path, file.readOnly]))
  const views = new Map<string, monaco.editor.ICodeEditorViewState | null>()
  let active = options.active

  const editor = monaco.editor.create(options.host, {
    model: models.get(active) ?? null,
    theme: themeName(options.theme),
    readOnly: readOnly.get(active) ?? false,
    ariaLabel: options.label,
    fontFamily: FONT,
    fontSize: 13,
    lineHeight: 20,
    automaticLayout: true,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    fixedOverflowWidgets: true,
    padding: { top: 8, bottom: 8 },
    tabSize: 2,
    detectIndentation: true,
    renderWhitespace: 'selection',
    stickyScroll: { enabled: false },
    overviewRulerLanes: 0,
    bracketPairColorization: { enabled: false },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
    wordBasedSuggestions: 'currentDocument',
    smoothScrolling: false,
    cursorBlinking: 'solid',
    unicodeHighlight: { ambiguousCharacters: false },
  })

  const caret = options.caret
  const first = models.get(active)
  if (caret !== undefined && first) {
    editor.setPosition(first.getPositionAt(caret))
    editor.revealPositionInCenterIfOutsideViewport(first.getPositionAt(caret))
  }

  for (const [path, model] of models) model.onDidChangeContent(() => options.onChange(path, model.getValue()))
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => options.onCheck())
  // Monaco's own toggle tells nobody, and sits on other keys on a Mac.
  let tabMoves = false
  editor.addAction({
    id: 'hatoba.tab',
    label: TAB_LABEL[options.language],
    keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyM, monaco.KeyMod.WinCtrl | monaco.KeyCode.KeyM],
    run: () => {
      tabMoves = !tabMoves
      editor.updateOptions({ tabFocusMode: tabMoves })
      options.onTabMoves(tabMoves)
    },
  })

  const hasYaml = options.files.some(({ path }) => languageOf(path) === 'yaml')
  const help = options.kinds && hasYaml ? helpLater(options.kinds, options.language) : undefined

  const show = (path: string): void => {
    const model = models.get(path)
    if (!model || path === active) return
    views.set(active, editor.saveViewState())
    active = path
    editor.setModel(model)
    editor.updateOptions({ readOnly: readOnly.get(path) ?? false })
    editor.restoreViewState(views.get(path) ?? null)
  }

  return {
    show,
    setText: (path, text) => {
      const model = models.get(path)
      if (!model || model.getValue() === text) return
      model.pushStackElement()
      model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null)
      model.pushStackElement()
    },
    mark: (marks) => {
      for (const [path, model] of models) {
        const own = marks.filter((mark) => mark.path === path).map((mark) => toMarker(model, mark))
        monaco.editor.setModelMarkers(model, 'hatoba', own)
      }
    },
    goTo: (path, line, column = 1) => {
      show(path)
      editor.setPosition({ lineNumber: line, column })
      editor.revealLineInCenter(line)
      editor.focus()
    },
    setTheme: (theme) => monaco.editor.setTheme(themeName(theme)),
    setLanguage: (language) => help?.setLanguage(language),
    setLabel: (label) => editor.updateOptions({ ariaLabel: label }),
    focus: () => editor.focus(),
    dispose: () => {
      help?.dispose()
      editor.dispose()
      for (const model of models.values()) model.dispose()
    },
  }
}

const toMarker = (model: monaco.editor.ITextModel, mark: EditorMark): monaco.editor.IMarkerData => {
  const line = Math.min(Math.max(mark.line, 1), model.getLineCount())
  return {
    severity: monaco.MarkerSeverity.Error,
    message: mark.message,
    startLineNumber: line,
    endLineNumber: line,
    startColumn: mark.column ?? model.getLineFirstNonWhitespaceColumn(line),
    endColumn: model.getLineMaxColumn(line),
  }
}
