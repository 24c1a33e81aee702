import type { Editor, EditorOptions } from './contract.ts'

/** Loads the editor and puts it into `options.host`. The heavy part is a chunk of its own, so that this file's name can stay fixed. */
export const mount = async (options: EditorOptions): Promise<Editor> => {
  const { mountMonaco } = await import('./monaco.ts')
  return mountMonaco(options)
}
