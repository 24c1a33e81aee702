import { seeded } from '../../kit/index.ts'

export interface Product {
  readonly id: string
  readonly features: readonly number[]
}

/** How many similar products an answer names. */
export const COUNT = 5
const FEATURES = 24

/** So many products, different for every seed. */
export const toProducts = (size: number, seed: number): readonly Product[] => {
  const choose = seeded(seed)
  return Array.from({ length: size }, (_, index) => ({
    id: `p${index + 1}`,
    features: Array.from({ length: FEATURES }, () => choose.number(0, 99)),
  }))
}

/** The right answer for one product, found independently of the code that learners are given. */
export const nearestTo = (product: Product, products: readonly Product[]): readonly string[] => {
  const far = ({ features }: Product) => features.reduce((sum, value, index) => sum + (value - (product.features[index] ?? 0)) ** 2, 0)
  // Sorting is stable: of two that are equally near, the earlier one comes first.
  return products
    .filter((other) => other !== product)
    .map((other) => ({ id: other.id, far: far(other) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, COUNT)
    .map(({ id }) => id)
}
