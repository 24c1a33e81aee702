const DEPTH_ALLOWED = 8

export type JsonProblem = { readonly problem: 'duplicate'; readonly key: string } | { readonly problem: 'deep'; readonly allowed: number }

/**
 * Looks through JSON that is known to be valid for what `JSON.parse` accepts in silence: a key that occurs twice in one
 * object, and nesting deeper than any request of ours.
 */
export const scanJson = (text: string): JsonProblem | undefined => {
  const open: (Set<string> | undefined)[] = []
  // After `{` or `,` in an object a string is a key.
  let keyNext = false
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]
    if (character === '"') {
      const end = endOfString(text, i)
      if (keyNext) {
        const key = JSON.parse(text.slice(i, end + 1)) as string
        const keys = open.at(-1)
        if (keys?.has(key)) return { problem: 'duplicate', key: key.toWellFormed().slice(0, 80) }
        keys?.add(key)
        keyNext = false
      }
      i = end
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined)
      if (open.length > DEPTH_ALLOWED) return { problem: 'deep', allowed: DEPTH_ALLOWED }
      keyNext = character === '{'
    } else if (character === '}' || character === ']') {
      open.pop()
      keyNext = false
    } else if (character === ',') {
      keyNext = open.at(-1) !== undefined
    }
  }
  return undefined
}

const endOfString = (text: string, start: number): number => {
  let end = start + 1
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return end
}
