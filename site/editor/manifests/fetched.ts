import { patiently } from '../../src/lib/patiently.ts'

/** The text at an address of the bundle; asked for again where a browser dropped it. */
export const fetched = (address: string): Promise<string> =>
  patiently(async () => {
    const answer = await fetch(address)
    if (!answer.ok) throw new Error(`${address} was answered with ${answer.status}`)
    return answer.text()
  })
