/** One hostile `main.py` of the lab `hello`, in our own words, and its safe outcome. */
export interface Attack {
  /** Of `cases.json` where it is one of those. */
  readonly id: string
  /** What the program does and why the outcome is safe, as the test's name. */
  readonly what: string
  /** Python; `prelude.ts` comes before it. */
  readonly program: string
  /** The verdict: `passed`, or the `as` of the finding that says no. Several where the kernel may choose. */
  readonly ends: string | readonly string[]
  /** What the finding or its evidence says. */
  readonly shows?: RegExp
  /** What the whole verdict never says. */
  readonly hides?: RegExp
}
