import { seeded } from '../../kit/index.ts'

/** What differs between learners: the key, what must not be read, and what the tools leave behind. */
export interface Break {
  readonly key: string
  /** Every key of this carrier looks like this; whoever is inside knows that. */
  readonly keyPattern: string
  readonly customers: string
  readonly nonce: string
}

const KEY_LENGTH = 24

export const planBreak = (seed: number): Break => {
  const choose = seeded(seed)
  return {
    key: `ck-${choose.token(KEY_LENGTH)}`,
    keyPattern: `ck-[a-z0-9]{${KEY_LENGTH}}`,
    customers: `name,street\n${choose.token(6)},${choose.token(8)}\n`,
    nonce: choose.token(10),
  }
}
