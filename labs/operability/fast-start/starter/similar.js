// Which products are alike: for each of them the nearest others. Looks at every pair, so twice the products take four times as long.

/** How far two products are from each other. */
const distance = (a, b) => {
  let sum = 0
  for (let index = 0; index < a.length; index += 1) {
    const difference = a[index] - b[index]
    sum += difference * difference
  }
  return sum
}

/** The ids of the `count` products nearest to this one, nearest first; of two that are equally near, the earlier one. */
export const nearestTo = (product, products, count) => {
  const best = []
  for (const other of products) {
    if (other === product) continue
    const far = distance(product.features, other.features)
    if (best.length === count && far >= best[count - 1].far) continue
    let place = best.length
    while (place > 0 && best[place - 1].far > far) place -= 1
    best.splice(place, 0, { id: other.id, far })
    best.length = Math.min(best.length, count)
  }
  return best.map(({ id }) => id)
}

/** The same for all products: a map from an id to the ids of its nearest. */
export const nearest = (products, count) => new Map(products.map((product) => [product.id, nearestTo(product, products, count)]))
