import type { Editor, EditorOptions } from './contract.ts'

/** Loads the editor and puts it into `options.host`. The heavy part is a chunk of its own, so that this file's name can stay fixed. */
export const mount = async (options: EditorOptions): Promise<Editor> => {
  // The editor reads its own words when it is loaded, and once only.
  if (options.language === 'ja') await import('monaco-editor/nls/lang/ja')
  const { mountMonaco } = await import('./monaco.ts')
  return mountMonaco(options)
}
