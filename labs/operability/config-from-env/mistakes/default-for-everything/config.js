// The settings of the quote service, from the environment.
const { RATES_URL, RATES_KEY, CURRENCY, MAX_ITEMS, SEND_MAIL } = process.env

const problems = []
const maxItems = MAX_ITEMS ? Number(MAX_ITEMS) : 20
if (!Number.isInteger(maxItems) || maxItems < 1 || maxItems > 100) problems.push('MAX_ITEMS must be a whole number from 1 to 100')
if (SEND_MAIL && SEND_MAIL !== 'true' && SEND_MAIL !== 'false') problems.push('SEND_MAIL must be true or false')
if (RATES_KEY && RATES_KEY.length < 16) problems.push('RATES_KEY must have at least 16 characters')
if (RATES_URL && !URL.canParse(RATES_URL)) problems.push('RATES_URL must be an address')

export const config = {
  ratesUrl: RATES_URL || 'http://localhost:9000',
  ratesKey: RATES_KEY || 'rk-development-0000',
  currency: CURRENCY || 'JPY',
  maxItems,
  sendMail: SEND_MAIL === 'true',
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
