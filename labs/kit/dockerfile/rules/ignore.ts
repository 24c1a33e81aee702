import { posix } from 'node:path'

/** Whether a `.dockerignore` leaves a path out: later lines win, `!` takes one back, `**` is any number of folders. */
export const isIgnored = (lines: readonly string[], path: string): boolean => {
  const wanted = clean(path)
  if (wanted === '' || /[*?[$]/.test(wanted)) return false
  let ignored = false
  for (const line of lines) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const back = text.startsWith('!')
    const pattern = clean(back ? text.slice(1) : text)
    if (pattern !== '' && toExpression(pattern).test(wanted)) ignored = !back
  }
  return ignored
}

const clean = (path: string): string => {
  const plain = posix.normalize(path.replaceAll('\\', '/')).replace(/^\/+|\/+$/g, '')
  return plain === '.' ? '' : plain
}

/** A path matches a pattern that matches it or a folder above it. */
const toExpression = (pattern: string): RegExp => {
  const source = pattern.replace(/\*\*\/?|\*|\?|\[[^\]]*\]|[.+^${}()|\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return part.startsWith('[') ? part.replace('[!', '[^') : `\\${part}`
  })
  return new RegExp(`^${source}(?:/.*)?$`)
}
