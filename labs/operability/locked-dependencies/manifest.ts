import { type Answer, reject } from '../../kit/index.ts'

/** Why a JSON file cannot be read, with the place where its parser noticed; undefined when it can. */
export const jsonProblem = (file: string, text: string): Answer | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : reject('json', { file, line: 1, message: 'no object' })
  } catch (thrown) {
    const { message } = thrown as SyntaxError
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length)
    const before = text.slice(0, offset).split('\n')
    const at = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    return reject('json', { file, line: at.line, message: message.replace(/(?: in JSON)? at position .*$/, '') }, { at })
  }
}
