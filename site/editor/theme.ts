import * as monaco from 'monaco-editor/editor'
import type { Theme } from '../src/lib/theme.ts'

/** Tokens to which Monaco's own themes give colours of too little contrast; named in full, since the longer name wins. */
const REST = [
  'annotation',
  'attribute.name',
  'attribute.value',
  'constant',
  'key',
  'keyword.flow',
  'keyword.json',
  'metatag',
  'number.hex',
  'predefined.sql',
  'regexp',
  'string.escape',
  'string.key.json',
  'string.sql',
  'string.value.json',
  'string.yaml',
  'tag',
  'variable',
  'variable.predefined',
]

/** Where else the word at the cursor stands; under Monaco's own colour it could be read no better than 4.25:1. */
const sameWord = (background: string): monaco.editor.IColors => ({
  'editor.wordHighlightBackground': background,
  'editor.wordHighlightStrongBackground': background,
  'editor.wordHighlightTextBackground': background,
})

const light: monaco.editor.IStandaloneThemeData = {
  base: 'vs',
  inherit: true,
  rules: [
    { token: 'comment', foreground: '5b6b7a' },
    { token: 'keyword', foreground: '0a5487' },
    { token: 'string', foreground: '1d6b48' },
    { token: 'number', foreground: '8a4b08' },
    { token: 'type', foreground: '5d3f8e' },
    ...REST.map((token) => ({ token, foreground: '0a5487' })),
  ],
  colors: {
    'editor.background': '#ffffff',
    'editor.foreground': '#17222d',
    'editor.lineHighlightBackground': '#f1f5f8',
    'editorLineNumber.foreground': '#64727f',
    'editorLineNumber.activeForeground': '#17222d',
    'editorGutter.background': '#ffffff',
    'editor.selectionBackground': '#bfdcf0',
    ...sameWord('#e3ebf2'),
    focusBorder: '#0a5a8f',
  },
}

const dark: monaco.editor.IStandaloneThemeData = {
  base: 'vs-dark',
  inherit: true,
  rules: [
    { token: 'comment', foreground: '8fa1b3' },
    { token: 'keyword', foreground: '7cc0ee' },
    { token: 'string', foreground: '8fd6ae' },
    { token: 'number', foreground: 'e9b177' },
    { token: 'type', foreground: 'c3a8ec' },
    ...REST.map((token) => ({ token, foreground: '7cc0ee' })),
  ],
  colors: {
    'editor.background': '#0f161d',
    'editor.foreground': '#dde6ee',
    'editor.lineHighlightBackground': '#17212b',
    'editorLineNumber.foreground': '#7f90a0',
    'editorLineNumber.activeForeground': '#dde6ee',
    'editorGutter.background': '#0f161d',
    'editor.selectionBackground': '#24506f',
    ...sameWord('#253646'),
    focusBorder: '#7cc0ee',
  },
}

/** Makes the site's two themes known; `themeName` names them. */
export const defineThemes = (): void => {
  monaco.editor.defineTheme('hatoba-light', light)
  monaco.editor.defineTheme('hatoba-dark', dark)
}

export const themeName = (theme: Theme): string => `hatoba-${theme}`
