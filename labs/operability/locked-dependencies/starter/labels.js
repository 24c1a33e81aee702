// Prints a label for each order: a line of stdin is `order;name;size`.
import { readFileSync } from 'node:fs'
import { code } from 'harbour-code'
import { label } from 'harbour-label'
import { tariff } from 'harbour-tariff'

const { sizes } = JSON.parse(readFileSync('stamp.json', 'utf8'))

for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const [order, name, size] = line.split(';')
  if (!sizes.includes(size)) throw new Error(`there is no stamp for the size ${size}`)
  console.log(label({ code: code(Number(order)), name, price: tariff[size] }))
}
