// The settings of the quote service. All of them come from the environment; what is wrong is told in one go.
const problems = []

/** A variable read by its rule; `otherwise` stands in for one that is not set, where there is a value that harms nobody. */
function read(name, rule, parse, otherwise) {
  const text = process.env[name] ?? ''
  if (text === '' && otherwise !== undefined) return otherwise
  const value = text === '' ? undefined : parse(text)
  // The rule and not the value: it may be a secret.
  if (value === undefined) problems.push(`${name} ${text === '' ? 'is not set' : 'is set, but wrongly'}: ${rule}`)
  return value
}

const address = (text) => (/^https?:\/\/[^/]/.test(text) && URL.canParse(text) ? text.replace(/\/+$/, '') : undefined)
const key = (text) => (text.length >= 16 ? text : undefined)
const currency = (text) => (/^[A-Z]{3}$/.test(text) ? text : undefined)
const flag = (text) => (text === 'true' ? true : text === 'false' ? false : undefined)
const count = (text) => (/^[1-9]\d?$|^100$/.test(text) ? Number(text) : undefined)

/** Reads everything; the reader gets to know what is wrong. */
const settings = () => ({
  ratesUrl: read('RATES_URL', 'the address of the rates service, http:// or https://', address),
  ratesKey: read('RATES_KEY', 'the key for the rates service, at least 16 characters', key),
  currency: read('CURRENCY', 'three capital letters such as JPY', currency),
  maxItems: read('MAX_ITEMS', 'a whole number from 1 to 100', count, 20),
  sendMail: read('SEND_MAIL', 'true or false', flag, false),
})

export const config = () => {
  problems.length = 0
  const read = settings()
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return read
}
