// One line for each variable: how it is read, and what stands in for it. The readers throw what is wrong.
const required = (read) => (text) => {
  if (!text) throw new Error('must be set')
  return read(text)
}
const optional = (read, otherwise) => (text) => (text ? read(text) : otherwise)
const matching = (pattern, wording) => (text) => {
  if (pattern.test(text)) return text
  throw new Error(`must be ${wording}`)
}

const readers = {
  RATES_URL: required(matching(/^https?:\/\/[\w.-]+(:\d+)?\/?$/, 'an http or https address')),
  RATES_KEY: required(matching(/^.{16,}$/, 'at least 16 characters long')),
  CURRENCY: required(matching(/^[A-Z]{3}$/, 'three capital letters')),
  MAX_ITEMS: optional(matching(/^([1-9]\d?|100)$/, 'a whole number from 1 to 100'), '20'),
  SEND_MAIL: optional(matching(/^(true|false)$/, 'true or false'), 'false'),
}

export function load(env) {
  const settings = {}
  const errors = []
  for (const [name, read] of Object.entries(readers)) {
    try {
      settings[name] = read(env[name])
    } catch (error) {
      errors.push(new Error(`${name} ${error.message}`))
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'cannot start')
  return settings
}
