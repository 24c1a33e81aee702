/** Does what it is given when all that it was given before has ended, however that ended. */
export type InTurn = <T>(act: () => Promise<T>) => Promise<T>

/** A turn of its own: nothing of it runs at the same time as anything else of it. */
export const openTurn = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const turn = last.then(act, act)
    last = turn.catch(() => {})
    return turn
  }
}
