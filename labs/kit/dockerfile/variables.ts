/** Names with the values they have, undefined for those that are declared without one. */
export type Scope = ReadonlyMap<string, string | undefined>

const REFERENCE = /\\\$|\$(?:\{([A-Za-z_]\w*)(?:(:?[-+?])([^}]*))?\}|([A-Za-z_]\w*))/g

/** The text with `$name`, `${name}`, `${name:-default}` and `${name:+other}` put in; undefined when a name has no value. */
export const expand = (text: string, scope: Scope): string | undefined => {
  let whole = true
  const result = text.replace(
    REFERENCE,
    (found, braced: string | undefined, operator: string | undefined, word: string | undefined, plain: string | undefined) => {
      const name = braced ?? plain
      if (name === undefined) return found
      const value = scope.get(name)
      const there = operator?.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
      if (operator?.endsWith('-')) return there ? (value ?? '') : (expand(word ?? '', scope) ?? '')
      if (operator?.endsWith('+')) return there ? (expand(word ?? '', scope) ?? '') : ''
      if (value === undefined) whole = false
      return value ?? ''
    },
  )
  return whole ? result : undefined
}

/** The names that a text refers to without giving a default. */
export const references = (text: string): readonly { readonly name: string; readonly fallback: boolean }[] =>
  [...text.matchAll(REFERENCE)].flatMap(([, braced, operator, , plain]) => {
    const name = braced ?? plain
    return name === undefined ? [] : [{ name, fallback: operator !== undefined }]
  })
