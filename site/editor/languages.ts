import 'monaco-editor/languages/definitions/dockerfile/register'
import 'monaco-editor/languages/definitions/ini/register'
import 'monaco-editor/languages/definitions/javascript/register'
import 'monaco-editor/languages/definitions/markdown/register'
import 'monaco-editor/languages/definitions/python/register'
import 'monaco-editor/languages/definitions/shell/register'
import 'monaco-editor/languages/definitions/sql/register'
import 'monaco-editor/languages/definitions/typescript/register'
import 'monaco-editor/languages/definitions/yaml/register'
import 'monaco-editor/languages/features/json/register'

const BY_NAME: Readonly<Record<string, string>> = { Dockerfile: 'dockerfile', Containerfile: 'dockerfile', '.env': 'shell' }
const BY_ENDING: Readonly<Record<string, string>> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  sh: 'shell',
  py: 'python',
  md: 'markdown',
  sql: 'sql',
  conf: 'ini',
  ini: 'ini',
}

/** Monaco's name for the language of a file; `plaintext` when it is none of those a lab uses. */
export const languageOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return BY_NAME[name] ?? BY_ENDING[name.slice(name.lastIndexOf('.') + 1)] ?? 'plaintext'
}
