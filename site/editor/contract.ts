/** What the page asks of the editor bundle. Types only: the page must not pull the bundle in. */
import type { Language } from '../../labs/kit/finding.ts'
import type { Theme } from '../src/lib/theme.ts'

export interface EditorFile {
  readonly path: string
  readonly text: string
  readonly readOnly: boolean
}

/** A place to underline, lines and columns from 1. */
export interface EditorMark {
  readonly path: string
  readonly line: number
  readonly column?: number
  readonly message: string
}

export interface EditorOptions {
  readonly host: HTMLElement
  readonly files: readonly EditorFile[]
  readonly active: string
  /** Where the caret stood in the textarea, in UTF-16 units. */
  readonly caret?: number
  readonly theme: Theme
  readonly language: Language
  /** Present where YAML files are manifests: the kinds of Kubernetes that the learner may make, as `apps/v1 Deployment`. */
  readonly kinds?: readonly string[]
  /** The accessible name; says how to leave with the Tab key. */
  readonly label: string
  onChange(path: string, text: string): void
  onCheck(): void
  /** Tab now moves the focus (`true`) or indents (`false`). */
  onTabMoves(moves: boolean): void
}

export interface Editor {
  show(path: string): void
  /** Replaces a file's text as one step that undo takes back. */
  setText(path: string, text: string): void
  mark(marks: readonly EditorMark[]): void
  goTo(path: string, line: number, column?: number): void
  setTheme(theme: Theme): void
  setLanguage(language: Language): void
  setLabel(label: string): void
  focus(): void
  dispose(): void
}

export interface EditorModule {
  mount(options: EditorOptions): Promise<Editor>
}
