// Turns an amount into yen. Another team's; it fails loudly for a currency that it does not know.
const FACTORS = new Map([
  ['JPY', 1],
  ['EUR', 162],
  ['USD', 150],
])

function factorOf(currency) {
  const factor = FACTORS.get(currency)
  if (factor === undefined) throw new Error(`no rate for ${currency}\n  known: ${[...FACTORS.keys()].join(', ')}`)
  return factor
}

export function settle({ amount, currency }) {
  return Math.round(amount * factorOf(currency))
}
